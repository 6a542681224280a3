//! What the core says, by code; the texts are in `noout-words`.

noout_types::sayings! {
    // Incidents that noout opens by itself.
    "page-fault" = page_fault(host, sensor);
    "page-fault-bmc" = page_fault_bmc(host);
    "page-thin" = page_thin() + parts;
    "page-few-fans" = page_few_fans(host);
    "page-few-fans-text" = page_few_fans_text(host, n);
    "page-few-supplies" = page_few_supplies(host);
    "page-few-supplies-text" = page_few_supplies_text(host, n);
    "page-coverage" = page_coverage(schedule, need, from_time);
    "page-coverage-now" = page_coverage_now(schedule, need);
    "page-coverage-text" = page_coverage_text(from_time, until_time, n, people);
    "page-alone" = page_alone(person, host);
    "page-alone-text" = page_alone_text(reason);
    "page-trouble" = page_trouble(host) + parts;
    "page-trouble-text" = page_trouble_text();
    "page-blind-text" = page_blind_text();
    "page-held" = page_held(host) + parts;
    "page-held-text" = page_held_text();
    "page-home" = page_home(host) + parts;
    "page-flag" = page_flag(host);
    "page-flag-text" = page_flag_text();
    "page-abort" = page_abort(host);
    "page-abort-text" = page_abort_text();
    "page-order" = page_order(host);
    "page-order-text" = page_order_text();
    "page-slow" = page_slow(host, step);
    "page-overflow" = page_overflow(source, rate);
    "page-overflow-text" = page_overflow_text(source, title);
    "page-unsent" = page_unsent(person);
    "page-unsent-text" = page_unsent_text(n, since_time);
    "unsent-over" = unsent_over();
    "page-beat-missed" = page_beat_missed(heartbeat, due_time);
    "page-beat-never" = page_beat_never(heartbeat, due_time);
    "page-beat-failed" = page_beat_failed(heartbeat, code);
    "page-beat-long" = page_beat_long(heartbeat, allowed_span);
    "page-beat-text" = page_beat_text(schedule, last_time);
    "page-beat-text-never" = page_beat_text_never(schedule, since_time);

    // What becomes of incidents, and of pages about them.
    "page-no-contact" = page_no_contact();
    "page-no-person" = page_no_person();
    "raised-worse" = raised_worse();
    "raised-later" = raised_later();
    "raised-hours" = raised_hours();
    "coverage-mended" = coverage_mended(schedule, near_span);

    // Letters, which wake nobody.
    "memo-handoff" = memo_handoff(schedule);
    "memo-handoff-until" = memo_handoff_until(until_time);
    "memo-handoff-with" = memo_handoff_with(people);
    "memo-handoff-before" = memo_handoff_before(people);
    "memo-handoff-calm" = memo_handoff_calm();
    "memo-handoff-open" = memo_handoff_open(n) + parts;
    "memo-incident" = memo_incident(id) + parts;
    "memo-swap-asked" = memo_swap_asked(person, schedule);
    "memo-swap-give" = memo_swap_give(person, from_time, until_time);
    "memo-swap-back" = memo_swap_back(person, from_time, until_time);
    "memo-swap-until" = memo_swap_until(until_time);
    "memo-swap-approve" = memo_swap_approve(person, other, schedule);
    "memo-swap-done" = memo_swap_done(person, other, schedule);
    "memo-swap-declined" = memo_swap_declined(person, schedule);
    "memo-swap-withdrawn" = memo_swap_withdrawn(person, schedule);
    "memo-swap-expired" = memo_swap_expired(schedule);
    "memo-coverage" = memo_coverage(schedule, need, from_time);
    "memo-coverage-gap" = memo_coverage_gap(from_time, until_time, n, people);
    "memo-coverage-more" = memo_coverage_more(n);
    "memo-coverage-fallback" = memo_coverage_fallback(person);
    "memo-coverage-mend" = memo_coverage_mend();
    "memo-drill-missed" = memo_drill_missed(person);
    "memo-drill-missed-text" = memo_drill_missed_text(since_time);
    "memo-drill-shift" = memo_drill_shift(from_time);
    "memo-drill-contact" = memo_drill_contact(channel, reason);
    "memo-drill-mend" = memo_drill_mend();
    "memo-drill-broken" = memo_drill_broken();
    "memo-request-asked" = memo_request_asked(asker, id, title);
    "memo-request-presses" = memo_request_presses(asker, id, title);
    "memo-request-given" = memo_request_given(who, id, title);
    "memo-request-taken" = memo_request_taken(who, id, title);
    "memo-request-answered" = memo_request_answered(who, id, title);
    "memo-request-done" = memo_request_done(who, id, title);
    "memo-request-declined" = memo_request_declined(who, id, title);
    "memo-decision-asked" = memo_decision_asked(who, id, title);
    "memo-decision-until" = memo_decision_until(until_time);
    "memo-decision-closed" = memo_decision_closed(who, id, title);
    "memo-stale" = memo_stale();
    "memo-no-way" = memo_no_way();
    // What noout writes into tickets, and what it reads from them.
    "ticket-acked" = ticket_acked(who);
    "ticket-noted" = ticket_noted(who, text);
    "ticket-announced" = ticket_announced(who, text);
    "ticket-handed-over" = ticket_handed_over(who, to);
    "ticket-resolved" = ticket_resolved(who) + parts;
    "ticket-over" = ticket_over();
    "ticket-closed-there" = ticket_closed_there(tracker);
    "refused-ticket-there" = ticket_there(tracker);

    // Why a step is not taken yet, or the plan does not hold any more.
    "gate-expired" = expired();
    "gate-old-view" = old_view(age_span);
    "gate-incomplete" = incomplete(what);
    "gate-stopped" = stopped(by, why);
    "gate-not-online" = not_online(host);
    "gate-sign" = sign();
    "gate-prove" = prove();
    "gate-no-quorum" = no_quorum();
    "gate-quorum-thin" = quorum_thin();
    "gate-other-host" = other_host(host, state);
    "gate-busy" = busy(task);
    "gate-storage-unread" = storage_unread(storage);
    "gate-storage-says" = storage_says(check, summary);
    "gate-storage-error" = storage_error();
    "gate-noout-cluster" = noout_cluster();
    "gate-noout-host" = noout_host(host, n);
    "gate-noout-other" = noout_other(host, n);
    "gate-noout-osd" = noout_osd(osd, n);
    "gate-noout-unset" = noout_unset(host);
    "gate-noout-still" = noout_still(host);
    "gate-osd-down" = osd_down(osd, host);
    "gate-osd-out" = osd_out(osd, host);
    "gate-osd-still-up" = osd_still_up(osd);
    "gate-osd-marked-out" = osd_marked_out(osd);
    "gate-osd-not-home" = osd_not_home(osd, up, is_in);
    "gate-osd-gone" = osd_gone(osd);
    "gate-no-osds" = no_osds();
    "gate-no-osds-of" = no_osds_of(host);
    "gate-no-osds-back" = no_osds_back(host);
    "gate-not-clean" = not_clean(pgs);
    "gate-not-served" = not_served(pgs);
    "gate-no-mons" = no_mons();
    "gate-mon-out" = mon_out(mon);
    "gate-no-manager" = no_manager();
    "gate-no-standby" = no_standby();
    "gate-osds-may-not" = osds_may_not(host, why);
    "gate-osds-unknown" = osds_unknown(host, why);
    "gate-mons-may-not" = mons_may_not(host, why);
    "gate-mons-unknown" = mons_unknown(host, why);
    "gate-arrived" = arrived(host, guests);
    "gate-still-running" = still_running(host, guests);
    "gate-unlisted-empty" = unlisted_empty(host);
    "gate-unlisted-off" = unlisted_off(host);
    "gate-unlisted" = unlisted(host);
    "gate-guests-lost" = guests_lost();
    "gate-guest-unlisted" = guest_unlisted(guest);
    "gate-guest-elsewhere" = guest_elsewhere(guest, from, host);
    "gate-guest-locked" = guest_locked(guest, lock);
    "gate-guest-cannot" = guest_cannot(guest, to) + parts;
    "gate-still-there" = still_there(host, state);
    "gate-offline" = offline(host);
    "gate-same-boot" = same_boot(host);
    "gate-no-boot" = no_boot(host);
    "gate-bmc-silent" = bmc_silent(why);
    "gate-bmc-empty" = bmc_empty();
    "gate-sensor" = sensor(sensor, state);
    "gate-sensors-lost" = sensors_lost(sensors);

    // What a gate saw when it let a step pass.
    "seen-storage" = seen_storage(health, osds, up, is_in, pgs);
    "seen-mons" = seen_mons(in_quorum, mons);
    "seen-empty" = seen_empty(host);
    "seen-quorate" = seen_quorate();
    "seen-back" = seen_back(host);
    "seen-back-boot" = seen_back_boot(host, boot_id);
    "seen-there" = seen_there(guest, to);
    "seen-fits" = seen_fits(guest, to);
    "seen-sensors" = seen_sensors(n, host);
    "seen-sensors-for" = seen_sensors_for(n, host, good_span);

    // What is wrong with the rest of the cluster while a host is out.
    "watch-quorum" = watch_quorum();
    "watch-host-down" = watch_host_down(host);
    "watch-osd-down" = watch_osd_down(osds, host);
    "watch-osd-down-too" = watch_osd_down_too(osds, host, away);
    "watch-guests-lost" = watch_guests_lost(host, guests);
    "watch-pg-inactive" = watch_pg_inactive();
    "watch-noout-gone" = watch_noout_gone(host);
    "watch-blind" = watch_blind(why);
    "watch-blind-long" = watch_blind_long();

    // Where a maintenance goes, and why.
    "no-plan-incomplete" = no_plan_incomplete(what);
    "no-plan-unsound" = no_plan_unsound() + parts;
    "run-new-look" = new_look(by);
    "run-refused" = refused(step, n) + parts;
    "run-task" = running_task(task);
    "run-no-reason" = no_reason();
    "run-not-sent" = not_sent();
    "run-doubtful" = doubtful() + parts;
    "run-home" = home(n, left);
    "run-home-too-often" = home_too_often(n);
    "run-no-such-host" = no_such_host(host, platform);
    "plan-must-stop" = plan_must_stop(guests);
    "run-in-service" = in_service(host);
    "run-given-up" = given_up(why);
    "run-given-up-early" = given_up_early(why);

    // Why a configuration is not applied.
    "config-refused" = config_refused() + parts;
    "config-nobody" = config_nobody();
    "config-no-admin" = config_no_admin();
    "config-without" = config_without(person);

    // Why a command about contact methods is refused.
    "contact-own" = contact_own(person);
    "contact-devices" = contact_devices(n);
    "contact-tested" = contact_tested(pause_span);

    // Why a command is refused.
    "refused-unknown" = unknown(what, id);
    "refused-role" = role(who, needed);
    "refused-anybody" = role_of_anybody(needed);
    "refused-invalid" = invalid(field, found, allowed);
    "refused-closed" = closed(id);
    "refused-taken" = taken_already(id);
    "refused-not-paged" = not_paged(person, id);
    "refused-source-silences" = source_silences(source);
    "refused-too-many-silences" = too_many_silences(max);
    "refused-request-over" = request_over(id);
    "refused-too-many-requests" = too_many_requests(max);
    "refused-source-requests" = source_requests(source);
    "refused-decision-over" = decision_over(id);
    "refused-too-many-decisions" = too_many_decisions(max);
    "refused-unreachable" = unreachable(person);
    "refused-about-nothing" = about_nothing();
    "refused-over" = over(id);
    "refused-under-way" = under_way();
    "refused-not-under-way" = not_under_way(id);
    "refused-another" = another_under_way(id, host);
    "refused-exists" = exists_already(id, host);
    "refused-storage" = is_storage(platform);
    "refused-plan-changed" = plan_changed(read, now);
    "refused-plan-making" = plan_in_the_making(read);
    "refused-proposed" = proposed_already();
    "refused-no-plan" = nothing_to_propose();
    "refused-not-proposed" = nothing_to_approve();
    "refused-second-person" = second_person();
    "refused-stopped" = is_stopped();
    "refused-on-way-back" = on_way_back();
    "refused-no-order" = no_order();
    "refused-order-signed" = order_signed();
    "refused-nothing-to-sign" = nothing_to_sign();
    "refused-order-open" = order_open(items);

    "refused-swap-own" = swap_own(person);
    "refused-swap-not-on" = swap_not_on(person, schedule, from_time, until_time);
    "refused-swap-over" = swap_over(id);
    "refused-swap-taken" = swap_taken(id);
    "refused-swap-whose" = swap_whose(id);
    "refused-swap-other" = swap_other(id, person);
    "refused-swap-not-accepted" = swap_not_accepted(id);
    "refused-swap-third" = swap_third(id);
    "refused-nobody-to-relieve" = nobody_to_relieve(schedule);
    "refused-several-on" = several_on(people);
    "refused-on-already" = on_already(person, schedule, rotation, until_time);
    "refused-override-for-nothing" = override_for_nothing(person, schedule, from_time, until_time, n, people);

    // The report's lines.
    "report-moved-live" = moved_live(host, out, home);
    "report-moved-stopped" = moved_stopped(host, out, home);
    "report-moved-restarted" = moved_restarted(host, out, home);
    "report-moved-unknown" = moved_unknown(host, out, home);
    "report-not-moved" = not_moved(host);
    "report-pauses" = pauses(moves, median, longest, total_span);
    "report-moves-without-pause" = moves_without_pause(moves);
    "report-host-away" = host_away(host, away_span);
    "report-noout-stood" = noout_stood(stood_span);
    "report-data-clean" = data_clean() + parts;
    "report-left-behind" = left_behind() + parts;
    "report-left-guest" = left_guest(guest) + parts;
    "report-retried" = retried(steps);
    "report-had-it-died" = had_it_died(guests, low, high, simulated);
    "report-would-have-failed" = would_have_failed(host);
    "report-nobody-noticed" = nobody_noticed();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_can_be_said_has_a_text_in_each_language_and_each_text_is_said() {
        let all = || [ALL, noout_plan::says::ALL, noout_detect::intermittent::says::ALL];
        for sentences in all() {
            assert_eq!(noout_words::proof::missing(sentences), [""; 0]);
        }
        let codes = all().into_iter().flatten().map(|(code, _)| *code);
        assert_eq!(noout_words::proof::unused(codes), [""; 0]);
    }
}
