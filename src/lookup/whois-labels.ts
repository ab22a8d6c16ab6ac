import { foldText } from './date-words.ts';

/** A fact that a WHOIS label stands for. */
export type LabelFact =
  | 'domain'
  | 'created'
  | 'updated'
  | 'expires'
  | 'registrar'
  | 'registrar_iana_id'
  | 'registrar_url'
  | 'name_servers'
  | 'statuses'
  | 'dnssec'
  | 'whois_server'
  | 'referral_url'
  | 'abuse_email'
  | 'abuse_phone'
  | 'contact_name'
  | 'organization'
  | 'address'
  | 'city'
  | 'state'
  | 'postal_code'
  | 'country';

/** A label's meaning, and how far it is to be trusted outside the domain's own block. */
export interface LabelMeaning {
  readonly fact: LabelFact;
  /** A weak label (`created`, `status`) is used for contacts too; a strong one (`domain created`) is not. */
  readonly strong: boolean;
  /** 0 = the usual word, 1 = second choice, 2 = guessed from the parts of the label. */
  readonly rank: number;
}

/**
 * Labels as registries and registrars write them, folded (lower case, no accents, signs as spaces). Several languages,
 * because a country's registry answers in its own; `/` separates labels.
 */
const VOCABULARY: Readonly<Record<LabelFact, string>> = {
  domain: `domain/domain name/domainname/dominio/nombre de dominio/nome de dominio/nom de domaine/domena/doména/query/
    complete domain name/domain name ace/domaine/ドメイン名/域名/도메인이름/домен/alan adı/name of domain`,
  created: `created/created on/created at/created date/creation date/create date/creation time/createdate/creationdate/
    domain created/domain created on/domain create date/domain creation date/domain name creation date/record created/
    record created on/domain record created/domain record activated/record activated/registered/registered on/
    registered at/registered since/registered date/registration/registration date/registration time/registration started/
    registration start/domain registered/domain registered on/domain registration date/domain name registration date/
    domain name registered on/domain dateregistered/date registered/date created/date of registration/date of creation/
    date registered on/regdate/reg date/reg created/registration created/activated/acivated/activated on/activation/
    activation date/active since/entry created/entry date/first registration date/first registered/first registered date/
    first registration/domain name commencement date/commencement date/start date/issue date/issued/inserted/added/
    added on/approved/date approved/approval date/delegated/delegation date/delegated on/assigned/since/
    登録年月日/登録日/接続年月日/注册时间/注册日期/創建日期/创建时间/创建日期/註冊日期/등록일/등록일자/
    fecha de creacion/fecha creacion/fecha de registro/fecha registro/fecha de alta/fecha alta/fecha de activacion/
    fecha de inicio/fecha de inscripcion/creado/creado el/registrado/registrado el/alta/
    data de registo/data de registro/data de criacao/data de criação/criado/criado em/registado em/registrado em/
    data di creazione/data creazione/data di registrazione/data registrazione/creato/creato il/registrato/
    date de creation/date d enregistrement/date enregistrement/cree/cree le/creation/enregistre/enregistre le/enregistrement/
    erstellt/erstellt am/angelegt/registriert/registriert am/registrierungsdatum/registrierung/erstellungsdatum/
    aangemaakt/geregistreerd/registratiedatum/datum registratie/skapad/registrerad/registreringsdatum/registrert/opprettet/
    oprettet/registreret/luotu/rekisteroity/utworzony/utworzono/data utworzenia/zarejestrowano/data rejestracji/
    vytvoreno/datum vytvoreni/datum registrace/registrovano/datum registracije/registriran/registrirano/registrovan/
    datum registracie/vytvorene/letrehozva/regisztralva/regisztracio/regisztracio datuma/regisztracio kezdete/
    data inregistrarii/inregistrat/inregistrat la/creat/creat la/kayit tarihi/olusturma tarihi/olusturulma tarihi/tescil tarihi/
    зарегистрирован/дата регистрации/создан/создано/дата создания/дата реєстрації/створено/зареєстровано/регистриран/
    дата на регистрация/registruota/registruotas/registreeritud/registreerimise aeg/registrets/registresanas datums/
    tanggal pendaftaran/tanggal registrasi/dibuat/ngay dang ky/ngay tao/تاريخ التسجيل/تاريخ الإنشاء/تاریخ ثبت`,
  updated: `updated/updated on/updated at/updated date/update date/update/updatedate/last update/last updated/lastupdate/
    last updated on/last updated date/last update date/domain last updated date/domain last updated/domain updated/
    domain updated date/record last updated/record last updated on/record updated/record updated on/record changed on/
    record last modified/record modified/record modified on/domain record last updated/changed/changed on/last changed/
    last changed date/modified/modified on/modified date/modification date/last modified/last modified on/
    last modified date/last modification/domain datelastmodified/entry updated/entry last updated/date modified/
    date updated/date of last change/last edited/edited on/最終更新/更新时间/更新日期/最近更新日/최근 정보 변경일/
    최근 변경일/ultima actualizacion/fecha de actualizacion/ultima modificacion/fecha de modificacion/actualizado/modificado/
    data de atualizacao/ultima atualizacao/alterado/alterado em/atualizado/ultimo aggiornamento/ultima modifica/
    aggiornato/data di modifica/derniere modification/date de modification/derniere mise a jour/mise a jour/maj le/modifie/
    modifie le/geandert/geandert am/letzte anderung/aktualisiert/letzte aktualisierung/gewijzigd/laatst gewijzigd/
    andrad/senast andrad/endret/sist oppdatert/aendret/muokattu/zmodyfikowano/ostatnia modyfikacja/zmeneno/
    datum zmeny/posledni zmena/izmenjen/datum izmene/modositva/utolso modositas/modificat/data modificarii/son guncelleme/
    guncelleme tarihi/guncellenme tarihi/изменен/обновлен/обновлено/дата изменения/последнее изменение/змінено/оновлено/muudetud/atjaunots/
    atnaujinta/pakeista/tanggal perubahan/terakhir diperbarui`,
  expires: `expires/expires on/expires at/expire/expire date/expire on/expired/expiry/expiry date/expiration/
    expiration date/expiration time/expirationdate/expirydate/expiredate/exp date/expdate/expires date/expiring/domain expires/
    domain expires on/domain expiry/domain expiry date/domain expiration date/domain name expiration date/domain expire date/
    record expires/record expires on/record will expire on/record expired/record expire date/record expiry date/
    registry expiry date/registrar registration expiration date/registration expiration date/registration expiration/
    registration expires/registration expiry date/registration end/registered until/registered till/renewal/renewal date/
    renew date/renewal by/renewal due/due date/next due/validity/valid until/valid till/valid to/valid date/validuntil/valid thru/
    paid till/paid until/paiduntil/billed until/domain datebilleduntil/end date/ends on/date of expiry/date of expiration/
    date expires/date expired/date renewal/domain validity/有効期限/到期时间/到期日期/过期时间/過期日期/사용 종료일/만료일/
    fecha de vencimiento/fecha vencimiento/fecha de expiracion/fecha expiracion/fecha de caducidad/vence/vence el/
    vencimiento/expira/expira el/data de expiracao/data expiracao/data de vencimento/vencimento/expira em/valido ate/
    data di scadenza/data scadenza/scadenza/scade il/date d expiration/date expiration/expire le/date d echeance/echeance/
    lauft ab/ablaufdatum/gultig bis/verloopt/vervaldatum/verloopdatum/utgangsdatum/utgar/utloper/utlopsdato/udlober/
    udlobsdato/vanhenee/paattyy/data wygasniecia/wygasa/data waznosci/vyprsi/datum expirace/expirace/platnost do/
    datum isteka/istice/istek/lejar/lejarat/lejarati datum/data expirarii/expira la/bitis tarihi/son kullanma tarihi/
    истекает/срок действия/дата окончания/дата окончания регистрации/оплачен до/оплачено до/действует до/закінчується/діє до/
    дата на изтичане/galioja iki/aegub/deriga lidz/tanggal kedaluwarsa/tanggal berakhir/ngay het han/تاريخ الانتهاء`,
  registrar: `registrar/registrar name/sponsoring registrar/sponsoring registrar name/registrar organization/
    registrar organisation/registrar organization name/registrar company/registrar of record/current registrar/
    current registar/registar/record maintained by/registration service provider/authorized agency/authorised registrar/
    accredited registrar/registered by/registered through/registrar handle/registrador/registrador actual/agente registrador/entidade gestora/
    entidad registradora/bureau d enregistrement/registrierungsstelle/rejestrator/regisztrator/kayit firmasi/kayit operatoru/
    регистратор/регистратор домена/реєстратор/注册商/所属注册机构/등록대행자/registraator/registrars/registrars name/nombre del registrador`,
  registrar_iana_id: 'registrar iana id/sponsoring registrar iana id/iana id',
  registrar_url: `registrar url/registrar website/registrar web/registrar homepage/sponsoring registrar url/
    registrar web site/registration service url`,
  name_servers: `name server/name servers/nameserver/nameservers/nserver/nservers/ns/dns/dns server/dns servers/dns name server/dns name servers/
    name server hostname/host name/hostname/hostnames/domain server/domain servers/domain name server/domain name servers/
    domain nameserver/domain nameservers/domain servers in listed order/domain servers provided/nameserver in listed order/
    nameservers in listed order/name servers in listed order/name server information/name servers information/
    name server s/nameserver s/name server dns/name servers dns/name server db/primary server/secondary server/primary name server/secondary name server/
    primary nameserver/secondary nameserver/primary dns/secondary dns/primary ns/secondary ns/ns name/ns hostname/ns host/ネームサーバ/域名服务器/네임서버/1차 네임서버 정보/
    호스트이름/호스트 이름/servidor de nombres/servidores de nombres/servidor es de nombres de dominio/servidores de nombre/servidor dns/
    servidores dns/servidor de nomes/servidores de nomes/server dei nomi/serveur de noms/serveurs de noms/serveur dns/
    serveurs dns/nom serveur/servers/namnserver/navneserver/navnetjenere/nimipalvelin/serwery nazw/nazwy serwerow dns/jmenny server/jmenne servery/
    сервер/сервер dns/серверы dns/днс/сервери имен/delegated servers/authoritative name servers/authoritative servers`,
  statuses: `status/domain status/domain state/state/registration status/domain name status/eppstatus/epp status/query status/
    status code/status codes/status information/flags/domain flags/lifecycle/[status]/状態/状态/域名状态/상태/estado/
    estatus/estatus del dominio/estado del dominio/situacao/stato/statut/etat/durum/статус/стан/domaintype/holdstatus/
    registry status/state of domain/domain current status`,
  dnssec:
    'dnssec/dnssec signed/signed/domain signed/secure delegation/ds record/ds rdata/dsrecord/ds/dnskey/dns sec/署名鍵',
  whois_server:
    'registrar whois server/whois server/whois/registrar whois/whoisserver/sponsoring registrar whois server',
  referral_url: 'referral url/referral',
  abuse_email: `registrar abuse contact email/abuse contact email/abuse email/abuse mailbox/registrar abuse email/
    abuse contact/abuse/registrar abuse contact/abuse contact e mail/abuse e mail`,
  abuse_phone: 'registrar abuse contact phone/abuse contact phone/abuse phone/registrar abuse phone/abuse tel',
  contact_name: `registrant name/registrant contact name/registrant/owner name/holder name/holder/owner/registrantname/
    domain holder/domain registrant/person/registrant person/nombre del titular`,
  organization: `registrant organization/registrant organisation/registrant contact organisation/registrant company/
    owner organization/holder organization/org/owner orgname/registrantorganization/trading as`,
  address:
    'registrant street/registrant address/registrant address1/registrant contact address/owner street/owner address/owner addr/registrantstreet',
  city: 'registrant city/registrant contact city/owner city/registrantcity',
  state: 'registrant state province/registrant state/registrant contact state/owner state',
  postal_code:
    'registrant postal code/registrant zip/registrant zip code/registrant postcode/owner zip/owner zipcode/registrant contact postal code',
  country:
    'registrant country/registrant country code/registrant country economy/owner country/holder country/registrantcountry/registrant contact country',
};

/** Labels that are second choice beside another of the same fact. */
const SECOND_CHOICE: ReadonlySet<string> = new Set(
  [
    // A registrar's idea of the end of its contract, beside the registry's.
    'registrar registration expiration date',
    'registrar handle',
    // What the name serves since, beside when it was given away.
    ...['activated', 'activation', 'delegated', '接続年月日', 'approved'],
  ].map(foldLabel),
);

/** One-word labels are weak: objects of contacts have them too. These are weak although they have more words. */
const WEAK_PHRASES: ReadonlySet<string> = new Set([
  ...['created on', 'updated on', 'changed on', 'modified on', 'last update', 'last updated', 'last modified'],
  ...[
    'last changed',
    'last updated on',
    'last modified on',
    'updated date',
    'created date',
    'created at',
    'updated at',
  ],
]);

const MEANINGS: ReadonlyMap<string, LabelMeaning> = readVocabulary();

function readVocabulary(): Map<string, LabelMeaning> {
  const meanings = new Map<string, LabelMeaning>();
  for (const [fact, labels] of Object.entries(VOCABULARY) as [LabelFact, string][]) {
    for (const label of labels.split('/').map(foldLabel)) {
      if (label === '' || meanings.has(label)) continue;
      const strong = label.includes(' ') && !WEAK_PHRASES.has(label);
      meanings.set(label, { fact, strong, rank: SECOND_CHOICE.has(label) ? 1 : 0 });
    }
  }
  return meanings;
}

/** A label in the form of the vocabulary: folded, letters and digits only, no format hint, no running number. */
export function foldLabel(label: string): string {
  return foldText(label)
    .replace(/\((?:[dmy]{2,4}[-/.]?){3}\)/, '')
    .replace(/'s\b/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/^ns ?\d{1,2}\b/, 'ns')
    .replace(/ \d{1,2}$/, '');
}

/** Meaning of a folded label; of each half of a bilingual one (`data de registo / creation date`). */
export function meaningOf(label: string): LabelMeaning | undefined {
  return MEANINGS.get(label);
}

const NOT_OF_THE_DOMAIN =
  /registra(?:r|nt)\b|contact|admin|tech|billing|owner|holder|person|trademark|database|whois|\bkey|\bds\b|\bip\b|transfer|fee|serial|release|free|delet|outzone|available|anniversary|request|lookup|query|verif|claim|period|lock/;
const CREATED_WORDS = /creat|creac|criac|regist|activ|commenc|delegat|registr|erstell|cree\b|вое?созда|регистр/;
const UPDATED_WORDS = /updat|modif|chang|actualiz|atualiz|aggiorn|mise a jour|измен|обнов/;
const EXPIRES_WORDS = /expir|renew|valid|paid|until|vencim|caduc|scaden|echeance|ablauf|истек|оконч/;

/**
 * Meaning of a date label that the vocabulary does not have, guessed from its words. Only for values that read as a
 * date: "domain name first created" and the like of registries that nobody has seen yet.
 */
export function guessDateMeaning(label: string): LabelMeaning | undefined {
  if (label.length > 48 || NOT_OF_THE_DOMAIN.test(label)) return undefined;
  const strong = label.includes(' ');
  if (EXPIRES_WORDS.test(label)) return { fact: 'expires', strong, rank: 2 };
  if (UPDATED_WORDS.test(label)) return { fact: 'updated', strong, rank: 2 };
  return CREATED_WORDS.test(label) ? { fact: 'created', strong, rank: 2 } : undefined;
}
