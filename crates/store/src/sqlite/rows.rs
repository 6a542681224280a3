//! The SQL, all of it portable, and the way between rows and the journal's types.

use std::collections::BTreeMap;
use std::str::FromStr;

use noout_core::journal::{Digest32, Document, Head, Record, Snapshot, TimelineRow};
use noout_types::Timestamp;
use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use super::failed;
use crate::journal::ordinals;
use crate::{Cause, MAX_PAGE_ROWS, StoreError};

/// SQLite's numbers are signed. No journal gets there; a caller's "up to the end" (`u64::MAX`) does.
fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn page(limit: usize) -> i64 {
    i64::try_from(limit.min(MAX_PAGE_ROWS)).unwrap_or(i64::MAX)
}

pub(super) fn head(conn: &Connection, place: &str) -> Result<Head, StoreError> {
    let sql = "SELECT epoch, seq, hash FROM head WHERE id = 1";
    let found = query(conn, place, sql, [], |_| "the head row".to_owned(), |row| head_of(row, 0))?;
    found.into_iter().next().ok_or_else(|| StoreError::Damaged {
        place: place.to_owned(),
        what: "the head row".to_owned(),
        cause: "there is none".into(),
    })
}

/// Moves the head row from where the writer left it; gives whether it was there.
pub(super) fn move_head(conn: &Connection, ours: &Head, next: &Head) -> rusqlite::Result<bool> {
    let sql = "UPDATE head SET seq = ?1, hash = ?2 WHERE id = 1 AND epoch = ?3 AND seq = ?4 AND hash = ?5";
    let hit = conn.prepare_cached(sql)?.execute(params![
        int(next.seq),
        next.hash.0,
        int(ours.epoch),
        int(ours.seq),
        ours.hash.0
    ])?;
    Ok(hit == 1)
}

pub(super) fn insert_records(conn: &Connection, records: &[Record]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO record (seq, epoch, at, kind, body, prev, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let mut insert = conn.prepare_cached(sql)?;
    for r in records {
        insert.execute(params![int(r.seq), int(r.epoch), r.at.to_string(), r.kind, r.body, r.prev.0, r.hash.0])?;
    }
    Ok(())
}

pub(super) fn upsert_timeline(conn: &Connection, rows: &[TimelineRow]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO timeline (subject, seq, n, at, actor, what, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (subject, seq, n)
        DO UPDATE SET at = excluded.at, actor = excluded.actor, what = excluded.what, detail = excluded.detail";
    let mut insert = conn.prepare_cached(sql)?;
    for (n, row) in ordinals(rows) {
        insert.execute(params![row.subject, int(row.seq), n, row.at.to_string(), row.actor, row.what, row.detail])?;
    }
    Ok(())
}

/// Inserts or replaces; a row that tells of a later record stays.
pub(super) fn upsert_documents(conn: &Connection, documents: &[Document]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO document (kind, id, open, seq, at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (kind, id)
        DO UPDATE SET open = excluded.open, seq = excluded.seq, at = excluded.at, body = excluded.body
        WHERE document.seq <= excluded.seq";
    let mut insert = conn.prepare_cached(sql)?;
    for d in documents {
        insert.execute(params![d.kind, d.id, i64::from(d.open), int(d.seq), d.at.to_string(), d.body])?;
    }
    Ok(())
}

pub(super) fn records(conn: &Connection, place: &str, after: u64, limit: usize) -> Result<Vec<Record>, StoreError> {
    let sql = "SELECT seq, epoch, at, kind, body, prev, hash FROM record WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    let name = |row: &Row<'_>| format!("record {}", row.get::<_, i64>(0).unwrap_or_default());
    query(conn, place, sql, params![int(after), page(limit)], name, |row| {
        Ok(Record {
            seq: number(row, 0)?,
            epoch: number(row, 1)?,
            at: time(row, 2)?,
            kind: row.get(3)?,
            body: row.get(4)?,
            prev: Digest32(row.get(5)?),
            hash: Digest32(row.get(6)?),
        })
    })
}

pub(super) fn hash_of(conn: &Connection, place: &str, seq: u64) -> Result<Option<Digest32>, StoreError> {
    let sql = "SELECT hash FROM record WHERE seq = ?1";
    let hash = conn.prepare_cached(sql).and_then(|mut s| s.query_row([int(seq)], |row| row.get(0)).optional());
    Ok(hash.map_err(|e| failed(place, "read", e))?.map(Digest32))
}

pub(super) fn save_snapshot(conn: &Connection, s: &Snapshot, keep: usize) -> rusqlite::Result<()> {
    let insert = "INSERT INTO snapshot (seq, format, epoch, hash, body) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (seq, format) DO UPDATE SET epoch = excluded.epoch, hash = excluded.hash, body = excluded.body";
    let (epoch, seq) = (int(s.head.epoch), int(s.head.seq));
    conn.prepare_cached(insert)?.execute(params![seq, s.format, epoch, s.head.hash.0, s.body])?;
    let newest = "SELECT seq, format FROM snapshot ORDER BY seq DESC, format DESC";
    let all: Vec<(i64, i64)> =
        conn.prepare_cached(newest)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let mut delete = conn.prepare_cached("DELETE FROM snapshot WHERE seq = ?1 AND format = ?2")?;
    for (seq, format) in all.into_iter().skip(keep) {
        delete.execute([seq, format])?;
    }
    Ok(())
}

/// The join is the check: a snapshot counts only if its hash is that of the record with its number.
pub(super) fn snapshot(conn: &Connection, place: &str, format: u32) -> Result<Option<Snapshot>, StoreError> {
    let sql = "SELECT s.epoch, s.seq, s.hash, s.body FROM snapshot s
        JOIN record r ON r.seq = s.seq AND r.hash = s.hash
        JOIN head h ON h.id = 1 AND s.seq <= h.seq
        WHERE s.format = ?1 ORDER BY s.seq DESC LIMIT 1";
    let found = query(
        conn,
        place,
        sql,
        [format],
        |_| "a snapshot".to_owned(),
        |row| Ok(Snapshot { head: head_of(row, 0)?, format, body: row.get(3)? }),
    )?;
    Ok(found.into_iter().next())
}

/// Where the snapshots of a format say to stand: record and hash.
pub(super) fn snapshot_places(
    conn: &Connection,
    place: &str,
    format: u32,
) -> Result<BTreeMap<u64, Digest32>, StoreError> {
    let sql = "SELECT seq, hash FROM snapshot WHERE format = ?1";
    let read = |row: &Row<'_>| Ok((number(row, 0)?, Digest32(row.get(1)?)));
    Ok(query(conn, place, sql, [format], |_| "a snapshot".to_owned(), read)?.into_iter().collect())
}

/// The body of a snapshot.
pub(super) fn snapshot_at(conn: &Connection, place: &str, format: u32, seq: u64) -> Result<Option<String>, StoreError> {
    let sql = "SELECT body FROM snapshot WHERE format = ?1 AND seq = ?2";
    let found = query(conn, place, sql, params![format, int(seq)], |_| "a snapshot".to_owned(), |row| Ok(row.get(0)?))?;
    Ok(found.into_iter().next())
}

/// Every row of every timeline with its place among those of its record, subject by subject.
pub(super) fn each_timeline_row<E: From<StoreError>>(
    conn: &Connection,
    place: &str,
    mut see: impl FnMut(u32, TimelineRow) -> Result<(), E>,
) -> Result<(), E> {
    let sql = "SELECT subject, seq, at, actor, what, detail, n FROM timeline ORDER BY subject, seq, n";
    each(conn, place, sql, "a timeline row", |row| Ok((row.get(6)?, timeline_row(row)?)), |(n, row)| see(n, row))
}

/// Every document.
pub(super) fn each_document<E: From<StoreError>>(
    conn: &Connection,
    place: &str,
    see: impl FnMut(Document) -> Result<(), E>,
) -> Result<(), E> {
    let sql = "SELECT kind, id, open, seq, at, body FROM document ORDER BY kind, id";
    each(conn, place, sql, "a document", document_row, see)
}

/// Reads rows one by one, so that a table need not fit in memory.
fn each<T, E: From<StoreError>>(
    conn: &Connection,
    place: &str,
    sql: &str,
    what: &str,
    read: impl Fn(&Row<'_>) -> Result<T, Cause>,
    mut see: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let fail = |e| E::from(failed(place, "read", e));
    let mut statement = conn.prepare(sql).map_err(fail)?;
    let mut rows = statement.query([]).map_err(fail)?;
    while let Some(row) = rows.next().map_err(fail)? {
        let damaged = |cause| StoreError::Damaged { place: place.to_owned(), what: what.to_owned(), cause };
        see(read(row).map_err(damaged)?)?;
    }
    Ok(())
}

const TIMELINE: &str = "SELECT subject, seq, at, actor, what, detail FROM timeline WHERE subject = ?1";

/// Up to the record of the `limit`th row, so that no page ends inside a record.
pub(super) fn timeline(
    conn: &Connection,
    place: &str,
    subject: &str,
    after: u64,
    limit: usize,
) -> Result<Vec<TimelineRow>, StoreError> {
    let Some(offset) = page(limit).checked_sub(1).filter(|n| *n >= 0) else { return Ok(Vec::new()) };
    let sql = format!(
        "{TIMELINE} AND seq > ?2 AND seq <= COALESCE((SELECT t.seq FROM timeline t WHERE t.subject = ?1 AND t.seq > ?2
            ORDER BY t.seq, t.n LIMIT 1 OFFSET ?3), {}) ORDER BY seq, n",
        i64::MAX
    );
    timeline_rows(conn, place, &sql, params![subject, int(after), offset])
}

pub(super) fn timeline_latest(
    conn: &Connection,
    place: &str,
    subject: &str,
    limit: usize,
) -> Result<Vec<TimelineRow>, StoreError> {
    let Some(offset) = page(limit).checked_sub(1).filter(|n| *n >= 0) else { return Ok(Vec::new()) };
    let sql = format!(
        "{TIMELINE} AND seq >= COALESCE((SELECT t.seq FROM timeline t WHERE t.subject = ?1
            ORDER BY t.seq DESC, t.n DESC LIMIT 1 OFFSET ?2), 0) ORDER BY seq, n"
    );
    timeline_rows(conn, place, &sql, params![subject, offset])
}

fn timeline_rows(conn: &Connection, place: &str, sql: &str, with: impl Params) -> Result<Vec<TimelineRow>, StoreError> {
    query(conn, place, sql, with, |_| "a timeline row".to_owned(), timeline_row)
}

fn timeline_row(row: &Row<'_>) -> Result<TimelineRow, Cause> {
    Ok(TimelineRow {
        subject: row.get(0)?,
        seq: number(row, 1)?,
        at: time(row, 2)?,
        actor: row.get(3)?,
        what: row.get(4)?,
        detail: row.get(5)?,
    })
}

const DOCUMENT: &str = "SELECT kind, id, open, seq, at, body FROM document WHERE kind = ?1";

pub(super) fn document(conn: &Connection, place: &str, kind: &str, id: &str) -> Result<Option<Document>, StoreError> {
    let found = document_rows(conn, place, &format!("{DOCUMENT} AND id = ?2"), params![kind, id])?;
    Ok(found.into_iter().next())
}

pub(super) fn documents(
    conn: &Connection,
    place: &str,
    kind: &str,
    open: Option<bool>,
    before: Option<u64>,
    limit: usize,
) -> Result<Vec<Document>, StoreError> {
    let Some(offset) = page(limit).checked_sub(1).filter(|n| *n >= 0) else { return Ok(Vec::new()) };
    let state = match open {
        None => "",
        Some(true) => "AND open = 1",
        Some(false) => "AND open = 0",
    };
    let sql = format!(
        "{DOCUMENT} {state} AND seq < ?2 AND seq >= COALESCE((SELECT seq FROM document WHERE kind = ?1 {state} AND seq < ?2
            ORDER BY seq DESC LIMIT 1 OFFSET ?3), 0) ORDER BY seq DESC, id"
    );
    document_rows(conn, place, &sql, params![kind, before.map_or(i64::MAX, int), offset])
}

fn document_rows(conn: &Connection, place: &str, sql: &str, with: impl Params) -> Result<Vec<Document>, StoreError> {
    query(conn, place, sql, with, |_| "a document".to_owned(), document_row)
}

fn document_row(row: &Row<'_>) -> Result<Document, Cause> {
    Ok(Document {
        kind: row.get(0)?,
        id: row.get(1)?,
        open: row.get::<_, i64>(2)? != 0,
        seq: number(row, 3)?,
        at: time(row, 4)?,
        body: row.get(5)?,
    })
}

/// Runs a query and reads its rows. `name` says which row could not be read.
fn query<T>(
    conn: &Connection,
    place: &str,
    sql: &str,
    with: impl Params,
    name: impl Fn(&Row<'_>) -> String,
    read: impl Fn(&Row<'_>) -> Result<T, Cause>,
) -> Result<Vec<T>, StoreError> {
    let fail = |e| failed(place, "read", e);
    let mut statement = conn.prepare_cached(sql).map_err(fail)?;
    let mut rows = statement.query(with).map_err(fail)?;
    let mut out = Vec::new();
    while let Some(row) = rows.next().map_err(fail)? {
        let value =
            read(row).map_err(|cause| StoreError::Damaged { place: place.to_owned(), what: name(row), cause })?;
        out.push(value);
    }
    Ok(out)
}

fn number(row: &Row<'_>, column: usize) -> Result<u64, Cause> {
    Ok(u64::try_from(row.get::<_, i64>(column)?)?)
}

fn time(row: &Row<'_>, column: usize) -> Result<Timestamp, Cause> {
    Ok(Timestamp::from_str(row.get_ref(column)?.as_str()?)?)
}

fn head_of(row: &Row<'_>, first: usize) -> Result<Head, Cause> {
    Ok(Head { epoch: number(row, first)?, seq: number(row, first + 1)?, hash: Digest32(row.get(first + 2)?) })
}
