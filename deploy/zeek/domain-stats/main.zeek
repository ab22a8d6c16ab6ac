##! Asks a domain-stats service for the names of DNS queries, HTTP hosts and TLS server names, and logs what it answers
##! as domain_stats.log. A name is asked for once in an interval on each worker; Zeek never waits for an answer, and a
##! service that is away costs no more than the log lines that are missing meanwhile.

@load base/protocols/dns
@load base/protocols/http
@load base/protocols/ssl
@load base/utils/active-http

module DomainStats;

export {
	redef enum Log::ID += { LOG };

	## Where the service listens.
	option service = "http://127.0.0.1:5730";

	## Token of its credentials file; empty when it has none.
	option token = "";

	## Whose first contacts these are: letters a-z, digits, `.`, `_` and `-`.
	option scope = "default";

	## Names asked for are not asked for again within this time.
	const ask_again = 1hr &redef;

	## So many requests may be under way; further names are left out until one has ended.
	option most_requests = 50;

	## A request that has no answer by then is given up.
	option patience = 2sec;

	type Info: record {
		ts: time &log;
		uid: string &log;
		## The name as it was seen.
		query: string &log;
		## The JSON answer as it came, for whoever reads the log to take apart.
		domain_stats: string &log;
	};

	## Raised for every answer, before it is logged.
	global log_domain_stats: event(rec: Info);

	global log_policy: Log::PolicyHook;
}

# Names asked for lately; entries leave by themselves.
global asked: set[string] &create_expire=ask_again;
global under_way: count = 0;

event zeek_init()
	{
	Log::create_stream(LOG, [$columns=Info, $ev=log_domain_stats,
	    $path="domain_stats", $policy=log_policy]);
	}

# A name goes into an address and from there through a shell: only what DNS names are made of.
function is_plain_name(name: string): bool
	{
	return |name| > 2
	    && |name| <= 253
	    && /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+\.?$/ == name;
	}

function ask(uid: string, name: string, ts: time)
	{
	local plain = to_lower(name);
	if ( ! is_plain_name(plain) || plain in asked || under_way >= most_requests )
		return;

	add asked[plain];
	++under_way;

	# The id makes a question that is asked twice the same event to the service.
	local request = ActiveHTTP::Request($url=fmt(
	    "%s/v1/domains/%s?at=%.6f&id=%s-%s&scope=%s", service, plain,
	    time_to_double(ts), uid, plain, scope), $max_time=patience);
	if ( token != "" )
		request$addl_curl_args = fmt("-H \"Authorization: Bearer %s\"", token);

	when [uid, name, ts, plain, request] ( local response = ActiveHTTP::request(
	    request) )
		{
		--under_way;
		if ( response$code == 200 )
			Log::write(LOG, Info($ts=ts, $uid=uid, $query=name,
			    $domain_stats=response$body));
		else
			delete asked[plain];
		}
	timeout patience + 1sec
		{
		--under_way;
		delete asked[plain];
		}
	}

event dns_request(c: connection, msg: dns_msg, query: string, qtype: count,
    qclass: count)
	{
	ask(c$uid, query, network_time());
	}

event http_header(c: connection, is_orig: bool, name: string, value: string)
	{
	if ( is_orig && name == "HOST" )
		ask(c$uid, sub(value, /:[0-9]+$/, ""), network_time());
	}

event ssl_extension_server_name(c: connection, is_client: bool,
    names: string_vec)
	{
	if ( is_client && |names| > 0 )
		ask(c$uid, names[0], network_time());
	}
