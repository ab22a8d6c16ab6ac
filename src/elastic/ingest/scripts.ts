/**
 * Painless parts of the ingest pipelines. Both engines run the first; the second needs what Elasticsearch's `enrich`
 * processor has found.
 */

/** A field whose path stands nested, dotted or half-dotted. */
const FIELD = `def field(Map document, String path) {
  if (document.containsKey(path)) { return document.get(path); }
  for (int dot = path.indexOf('.'); dot != -1; dot = path.indexOf('.', dot + 1)) {
    def inner = document.get(path.substring(0, dot));
    if (inner instanceof Map) {
      def value = field(inner, path.substring(dot + 1));
      if (value != null) { return value; }
    }
  }
  return null;
}`;

/** A document that holds an answer already, in whatever form, is left alone; a scope that it brings is none. */
const IS_ENRICHED = `boolean isEnriched(Map document) { return field(document, 'domain_stats.status') != null; }`;

/** The first text of the configured fields, lists included, and the field it stands in; and the document's scope. */
const FIRST_NAME = `Map firstName(Map document, List paths) {
  def scope = field(document, 'domain_stats.scope');
  for (def path : paths) {
    def value = field(document, path);
    List texts = value instanceof List ? value : [value];
    for (def text : texts) {
      if (text instanceof String && text.length() > 0) {
        Map found = ['name': text, 'source_field': path];
        if (scope instanceof String) { found.put('scope', scope); }
        return found;
      }
    }
  }
  return null;
}`;

const HELPERS = [FIELD, IS_ENRICHED, FIRST_NAME].join('\n');

/** OpenSearch: what a pipeline cannot know is all left to the sweep. Params: \`fields\`. */
export const MARK_PENDING = `${HELPERS}
if (isEnriched(ctx)) { return; }
Map found = firstName(ctx, params.fields);
if (found == null) { return; }
found.put('status', 'pending');
found.put('pending', ['registration', 'contact']);
ctx.remove('domain_stats.scope');
ctx.domain_stats = found;`;

/** Elasticsearch, first part: the name goes where the processors behind it look for it. Params: \`fields\`. */
export const FIND_NAME = `${HELPERS}
if (isEnriched(ctx)) { return; }
Map found = firstName(ctx, params.fields);
if (found == null) { return; }
String name = found.name.toLowerCase();
if (name.endsWith('.')) { name = name.substring(0, name.length() - 1); }
found.put('name', name);
ctx._ds = found;`;

/**
 * Elasticsearch, second part: the answer from what is known of the domain (\`_ds.match.facts\`), ages at event time. A
 * first contact is never decided here: it is false when the facts have seen the domain before the event, else pending,
 * as it is for a document of another scope: the facts are those of the default one. Without a plain name, a time or
 * facts all is left to the sweep, and so is what alerts would have to be told of: it has the registration pending.
 * Params: \`baby_days\`, \`new_days\`.
 */
export const ASSEMBLE = `long wholeDays(ZonedDateTime from, ZonedDateTime to) {
  long ms = to.toInstant().toEpochMilli() - from.toInstant().toEpochMilli();
  long days = ms / 86400000L;
  return ms < 0 && days * 86400000L != ms ? days - 1 : days;
}
ZonedDateTime eventTime(def given) {
  try {
    ZonedDateTime at = given instanceof Number
      ? ZonedDateTime.ofInstant(Instant.ofEpochMilli(given.longValue()), ZoneId.of('Z'))
      : ZonedDateTime.parse(given.toString());
    return at.toInstant().toEpochMilli() > new Date().getTime() + 86400000L ? null : at;
  } catch (Exception unreadable) {
    return null;
  }
}
Map ds = ['name': ctx._ds.name, 'source_field': ctx._ds.source_field];
if (ctx._ds.scope != null) { ds.put('scope', ctx._ds.scope); }
ctx.remove('domain_stats.scope');
def facts = ctx._ds.match?.facts;
ZonedDateTime at = ctx['@timestamp'] == null ? null : eventTime(ctx['@timestamp']);
List pending = new ArrayList();
boolean isPlain = true;
for (int i = 0; i < ds.name.length(); i++) {
  char c = ds.name.charAt(i);
  if (!(c >= (char)'a' && c <= (char)'z' || c >= (char)'0' && c <= (char)'9' || c == (char)'-' || c == (char)'.')) { isPlain = false; }
}
if (!isPlain || at == null || !(facts instanceof Map) || facts.registration?.status == null) {
  ds.put('status', 'pending');
  ds.put('pending', ['registration', 'contact']);
  ctx.domain_stats = ds;
  return;
}
for (def key : ['public_suffix', 'domain', 'rank', 'suffix', 'freq', 'randomness', 'lookalike']) {
  if (facts[key] != null) { ds.put(key, facts[key]); }
}
if (ds.domain != null && ds.name.length() > ds.domain.length()) {
  ds.put('subdomain', ds.name.substring(0, ds.name.length() - ds.domain.length() - 1));
}
Map registration = new HashMap(facts.registration);
String category = facts.category == 'hosted' ? 'hosted' : 'unknown';
String source = 'none';
if (registration.created != null) {
  long age = wholeDays(ZonedDateTime.parse(registration.created), at);
  String band = age < 0 ? 'before_registration' : age < 1 ? '0-1d' : age < 7 ? '1-7d' : age < 30 ? '7-30d' : age < 90 ? '30-90d' : age < 730 ? '90d-2y' : '2y+';
  registration.put('age_band', band);
  if (age >= 0) { registration.put('age_days', age); }
  if (age >= 0 && category != 'hosted') {
    category = age < params.baby_days ? 'baby' : age < params.new_days ? 'new' : 'established';
    source = 'registration';
  }
}
if (category == 'baby' || facts.has_alerts == true || registration.previous_created != null
    || registration.expires != null && ZonedDateTime.parse(registration.expires).isBefore(at)) {
  pending.add('registration');
}
ds.put('registration', registration);
ds.put('category', category);
ds.put('category_source', source);
ds.putIfAbsent('scope', 'default');
ZonedDateTime seen = facts.first_seen == null ? null : ZonedDateTime.parse(facts.first_seen);
if (seen != null && seen.isBefore(at) && ds.scope == 'default') {
  ds.put('first_contact', false);
  ds.put('first_seen', facts.first_seen);
  ds.put('days_since_first_seen', wholeDays(seen, at));
} else {
  pending.add('contact');
}
ds.put('status', pending.isEmpty() ? 'ok' : 'pending');
if (!pending.isEmpty()) { ds.put('pending', pending); }
ctx.domain_stats = ds;`;
