// The script of a media type "Webhook" for Zabbix 6.0 and later. Its parameters (name = value):
//   url = https://noout.example.org:8420/integrations/KEY/zabbix
//   event_id = {EVENT.ID}                  event_value = {EVENT.VALUE}
//   event_status = {EVENT.STATUS}          event_name = {EVENT.NAME}
//   event_severity = {EVENT.SEVERITY}      event_update_status = {EVENT.UPDATE.STATUS}
//   ack = {EVENT.ACK.STATUS}               update_user = {USER.FULLNAME}
//   update_message = {EVENT.UPDATE.MESSAGE}
//   event_opdata = {EVENT.OPDATA}          tags = {EVENT.TAGSJSON}
//   host_name = {HOST.NAME}                host_ip = {HOST.IP}
//   item_name = {ITEM.NAME}                item_value = {ITEM.LASTVALUE}
//   trigger_id = {TRIGGER.ID}              trigger_name = {TRIGGER.NAME}
//   event_url = {$ZABBIX.URL}/tr_events.php?triggerid={TRIGGER.ID}&eventid={EVENT.ID}
// In a recovery {EVENT.ID} is that of the problem, which is what ends the incident.
var fields = JSON.parse(value);
var url = fields.url;
delete fields.url;

var request = new HttpRequest();
request.addHeader('Content-Type: application/json');
var answer = request.post(url, JSON.stringify(fields));

// Zabbix tries again what throws.
if (request.getStatus() < 200 || request.getStatus() > 299) {
  throw 'noout answered ' + request.getStatus() + ': ' + answer;
}
return 'OK';
