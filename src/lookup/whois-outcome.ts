import { foldText } from './date-words.ts';

/** What a WHOIS answer without registration facts means; `reserved` and `invalid` names are not registered. */
export type Refusal = 'refused' | 'unsupported' | 'reserved' | 'invalid' | 'not_found' | 'out_of_order' | 'unclear';

/**
 * What servers say, folded. Each pattern must hit a whole statement rather than the terms of use, which speak of
 * limits and lawful queries in nearly every answer: those are long sentences, so only short lines are read.
 */
const STATEMENTS: readonly (readonly [Refusal, RegExp])[] = [
  // Limits first: AFNIC adds "no entries found" to "too many requests".
  [
    'refused',
    /too many (?:requests|queries|connections|lookups)|(?:limit|quota)s? (?:has been |was |is )?(?:exceed|reach|hit)|(?:exceeded|exceeds|reached) (?:the |your |its |our |maximum |max |allowed |allocated |daily |hourly |query |of )*(?:limit|quota|number|amount|rate|maximum|queries|query)|excessive quer|quer(?:y|ies) (?:per|rate|limit)[^.]* (?:reached|exceeded)|rate.?limit|throttl|access control limit|connection refused|access (?:denied|refused|restricted)|request denied|\b4\d\d (?:request denied|too many)|ip(?:v4|v6)?(?: address)? (?:is |has been |was )?(?:temporarily )?(?:blocked|banned|blacklisted|denied|not auth?ori[sz]ed|used to perform the query is not auth?ori[sz]ed)|(?:blocked|banned|blacklisted|denied) (?:your|from|for|due)|your (?:ip|address|host)[^.]*(?:blocked|banned|blacklist|restricted|denied)|please (?:go away|slow down|wait \d|wait (?:a|and|before)|try again (?:later|in|after))|try again (?:in|after|later)|go away for|seconds? (?:time )?before (?:starting|your next|the next|another|making)|before (?:starting|making) another (?:enquiry|query|request)|not allowed to (?:query|access) (?:this|our|the) (?:server|whois)|unauthori[sz]ed (?:access|ip)|you (?:have been|are) (?:blocked|banned|blacklisted)|number of (?:allowed )?queries exceeded|queries? exceeded|excedido|consultas excedid|limite de (?:consultas|requetes)|превышен|abfragelimit/,
  ],
  [
    'out_of_order',
    /temporarily (?:unavailable|out of service|closed|not available)|service (?:is )?(?:currently |temporarily )?(?:unavailable|not available|down)|unable to connect|name or service not known|internal (?:server )?error|server (?:is )?(?:busy|too busy|overloaded)|under maintenance|maintenance mode|(?:database|backend|system) (?:error|failure|is down|unavailable)|connection timed? ?out|timeout|<!doctype|<html/,
  ],
  [
    'unsupported',
    /tld (?:is )?not (?:supported|served|found|hosted)|(?:tld|zone|extension|domain suffix|top.?level domain|suffix)[^.]{0,40}(?:is |are )?not (?:supported|served|handled|available here)|unsupported (?:tld|zone|domain|extension)|not supported (?:tld|zone|domain|by this)|(?:does not|doesn.?t) (?:have any records for|serve|support|handle|know)[^.]{0,30}(?:zone|tld|domain|suffix)|no whois server|whois (?:service |server )?(?:is |has been )?(?:discontinued|retired|no longer|decommission|sunset|shut down)|no longer (?:available|supported|provided|offer)|this (?:tld|zone|registry) has no whois|please use (?:our )?rdap|has been (?:replaced|superseded) by rdap|unknown (?:tld|zone|top.?level)|not authoritative|not a (?:valid|known|supported) (?:tld|top)/,
  ],
  // "available in our database" is about the entry, not about the name.
  ['not_found', /not available in (?:our|the|this) [\w ]*database|in our (?:whois )?database matching/],
  [
    'reserved',
    /\breserved\b|\bprohibited\b|\brestricted?\b(?: from| name| domain|$)|name is restricted|blocked (?:by|name|domain)|not available (?:for registration|or is)|(?:domain|name)(?: name)? (?:is )?(?:not|un)available|cannot be registered|can not be registered|not (?:eligible|allowed|permitted)(?: for| to be)? ?regist|premium name|forbidden|unassignable|unavailable|not allowed|conflicts with|bloqueado|reservado|reserve[er]?\b|gesperrt|зарезервирован/,
  ],
  [
    'not_found',
    /no match|not match|no (?:\S+ ){0,4}(?:entr(?:y|ies)|objects?|records?|data|results?|information|domains?|names?|matches|matching)(?: \S+){0,5} (?:found|match\w*|exists?|available|for|on)|no (?:data|objects?|record|entries|match(?:es|ing)?|information|results?|domain|such domain|found)(?:$|[ .!:])|nothing (?:was )?found|not (?:be )?found|(?:not|nie) exist|doesn.?t exist|does not exist|(?:has )?not (?:yet )?(?:been )?registe?red|not (?:registered|delegated|assigned|taken|in use|known)|not in (?:our |the |this )?(?:database|registry|whois|use)|unregistered|is (?:still )?(?:available|free)(?:$|[ .!])|^(?:\W*|.*: ?)(?:available|free|is free)(?:$|[.! (])|available (?:for (?:registration|purchase|sale)|to register)|no such (?:domain|object|entry|name|record)|status: (?:free|available|avail)|returned 0 objects|object_not_found|0 (?:objects|results|records) (?:found|returned)|no existe|no encontrad|no se (?:ha )?encontr|sin resultado|no registrad|disponible|nao (?:encontrad|existe|registrad)|sem resultado|aucun|pas (?:trouve|enregistr|de correspond)|non trouve|introuvable|inconnu|nicht (?:gefunden|registriert|vergeben|vorhanden)|kein(?:e)? (?:eintrag|treffer|daten)|non (?:trovat|registrat|esist)|nessun|disponibile|niet gevonden|geen (?:match|gegevens|resultat)|vrij\b|hittades inte|finns inte|ingen (?:treff|match)|ikke (?:funnet|fundet|registrert)|ei loyd|ei loydy|nincs talalat|nenalezen|neexistuje|volna|nie (?:znaleziono|istnieje)|brak (?:informacji|danych|wynikow)|nu (?:exista|a fost)|nije (?:registr|pronad)|ne postoji|bulunamad|kayitli degil|не наиден|не зарегистрирован|не существует|свободен|не знаидено|не занят|該当|みつかりません|見つかりません|not_found|未注册|未找到|無相符|没有找到|등록되어 있지|검색 결과가 없|khong tim thay|tidak ditemukan|belum terdaftar|ne rasta|ei leitud|netika atrast|application pending/,
  ],
  [
    'invalid',
    /invalid (?:domain|query|characters|name|request|input|syntax|pattern|format)|(?:domain|name|query|syntax|request|character)s? (?:name )?(?:is |are )?(?:invalid|not valid|incorrect|malformed|illegal)|non bijective|\b500 invalid|bad (?:query|request|syntax)|syntax error|malformed|illegal (?:domain|name|character)|approved characters|not a valid domain|(?:^|: )invalid$/,
  ],
];

/** Lines longer than this are terms of use. The longest statement of the kind in use has some 120 characters. */
const MAX_STATEMENT_LENGTH = 160;
const MAX_STATEMENTS = 800;

/** Boilerplate that speaks of what the patterns look for without saying it of the query. */
const BOILERPLATE =
  /you (?:are|agree|may|will|must|should|can)|^(?:please )?note\b|^notice|copyright|all rights|may be (?:suspended|limited|restricted|blocked)|will be (?:limited|blocked)|reserves? the right|rights? reserved|as.?is|for information|purposes?\b|guarantee|whatsoever|conditions|prohibited (?:without|to|by)|is prohibited|strictly|permitted|unsolicited|advertis|hereby|query limit is|maximum of \d+ quer|queries per .* can be|services? (?:is|are) rate.limited|for more$|limitation/;

/** Reads what the statements of an answer say of the query. The first kind in the order of the table wins. */
export function readStatements(statements: readonly string[]): Refusal {
  const said = new Set<Refusal>();
  let previous = '';
  for (const statement of statements.slice(0, MAX_STATEMENTS)) {
    const goesOn = isContinuation(previous, statement);
    previous = statement;
    if (goesOn || statement.length > MAX_STATEMENT_LENGTH) continue;
    const text = foldText(statement)
      .replace(/^[%#;*>\s-]+/, '')
      .replace(/\s+/g, ' ');
    if (text === '' || (text.length > 60 && BOILERPLATE.test(text))) continue;
    for (const [kind, pattern] of STATEMENTS) {
      if (!pattern.test(text)) continue;
      said.add(kind);
      break;
    }
  }
  return STATEMENTS.map(([kind]) => kind).find((kind) => said.has(kind)) ?? 'unclear';
}

/** A line in the middle of wrapped prose: begins in lower case below a long line that ends no sentence. */
const isContinuation = (previous: string, line: string): boolean =>
  previous.length > 45 && !/[.:!?]$/.test(previous) && /^(?:[%#;*>-]+\s+)?\p{Ll}/u.test(line);

/** A status that says the name is free, as opposed to the status of a registration. */
export const isFreeStatus = (status: string): boolean =>
  /^(?:\d{3} )?(?:free|available|avail|not registered|unregistered|no object found|not found|not assigned|not delegated|libre|disponible|disponibile|volna|vrij|szabad|свободен|available for registration)\b/.test(
    foldText(status),
  ) && !/not available/i.test(status);
