# encoding: utf-8

require 'digest'
require 'json'
require 'set'
require 'logstash/filters/base'
require 'logstash/namespace'
require_relative 'domain_stats/names'
require_relative 'domain_stats/breaker'
require_relative 'domain_stats/connection'
require_relative 'domain_stats/batch'
require_relative 'domain_stats/answers'
require_relative 'domain_stats/settings'

# Asks a domain-stats service what it knows of the domain name in each event: age of the registration, first contact,
# rank, scores, alerts. One request per pipeline batch, whatever the number of events in it.
#
# The way of a batch can be read in `enrich`, top to bottom.
class LogStash::Filters::DomainStats < LogStash::Filters::Base
  config_name 'domain_stats'

  # Where the service listens. A path in it is put before `/v1/domains`.
  config :url, :validate => :string, :default => 'http://127.0.0.1:5730'
  # Fields that may hold the name, in order; the first usable one counts.
  config :source, :validate => :array, :default => [
    '[dns][question][name]', '[url][domain]', '[tls][client][server_name]', '[destination][domain]', '[http][request][host]'
  ]
  # Where the answer goes.
  config :target, :validate => :string, :default => '[domain_stats]'
  # Whose first contact it is, a site or a sensor: `%{[observer][name]}`. An event without the field is in `default`.
  config :scope, :validate => :string, :default => 'default'
  # Send `source.ip`, so that the service counts distinct clients (a setting there, too; it keeps only hashes).
  config :client, :validate => :boolean, :default => false
  # Fill registered_domain, top_level_domain and subdomain beside the source field where ECS has them.
  config :ecs_split, :validate => :boolean, :default => false
  # Zones of one's own: names in them are not asked about.
  config :skip_zones, :validate => :array, :default => []
  # How long the service may wait for a registry, as `250ms`; not at all by default.
  config :wait, :validate => :string
  # Longest stall of a batch, in seconds or as `500ms`: name resolution, connecting, TLS, and every byte included.
  config :deadline, :validate => :string, :default => '1s'
  # Most items in one request; the service has a limit, too.
  config :batch_max, :validate => :number, :default => 1000
  # After so many failures in a row nothing is asked for so many seconds. 0 = always ask.
  config :breaker_after, :validate => :number, :default => 3
  config :breaker_seconds, :validate => :number, :default => 10

  config :user, :validate => :string
  config :password, :validate => :password
  config :token, :validate => :password

  # As in the http filter; PEM files.
  config :ssl_enabled, :validate => :boolean
  config :ssl_verification_mode, :validate => %w[full none], :default => 'full'
  config :ssl_certificate_authorities, :validate => :path, :list => true
  config :ssl_certificate, :validate => :path
  config :ssl_key, :validate => :path
  config :ssl_supported_protocols, :validate => %w[TLSv1.2 TLSv1.3], :list => true, :default => []

  config :tag_on_failure, :validate => :array, :default => ['_domain_stats_failure']
  config :tag_on_skip, :validate => :array, :default => []

  # Longer texts are no names and would fill the request; longer ids the service refuses.
  MAX_TEXT = 4096

  # ECS keeps the parts of a name beside these fields only.
  SPLIT_PARENTS = %w[dns.question url destination source client server].freeze
  UNDECIDED = %w[registration contact].freeze

  def register
    @settings = DomainStatsFilter::Settings.new(self)
    @fields = @source.to_h { |reference| [reference, DomainStatsFilter::Names.spellings(reference)] }
    @zones = @skip_zones.map { |zone| DomainStatsFilter::Names.fold(zone).delete_prefix('.') }.to_set
    @contacts = DomainStatsFilter::Contacts.new
    @breaker = DomainStatsFilter::Breaker.new(:after => @breaker_after, :seconds => @breaker_seconds) { |state| tell(state) }
    @connections = {}
    @lock = Mutex.new
    metric.gauge(:breaker, 'closed')
  rescue DomainStatsFilter::BadSetting => e
    raise LogStash::ConfigurationError, "domain_stats: #{e.message}"
  end

  def filter(event)
    enrich([event])
  end

  # Logstash hands over the whole batch here.
  def multi_filter(events)
    live = events.reject(&:cancelled?)
    enrich(live)
    live
  end

  def close
    @lock.synchronize do
      @connections.each_value(&:close)
      @connections.clear
    end
  end

  private

  # A batch: which events have a name to ask about; one question for each pair; ask; what the rest can take over; ask
  # about those that cannot; write. Nothing that goes wrong here may stop the pipeline.
  def enrich(events)
    deadline = DomainStatsFilter::Connection.now + @settings.deadline
    questions = []
    events.each_with_index { |event, position| guarded(event) { add_question(questions, event, position) } }
    return if questions.empty?

    now_ms = DomainStatsFilter::Batch.milliseconds(Time.now)
    answer_all(questions, deadline, now_ms)
    questions.each { |question| guarded(question.event) { write(question) } }
    count(questions)
  rescue StandardError => e
    @logger.error('a batch could not be enriched', :error => "#{e.class}: #{e.message}", :backtrace => e.backtrace&.first(5))
    (questions || []).each { |question| guarded(question.event) { give_up(question) } }
  end

  def answer_all(questions, deadline, now_ms)
    in_order = DomainStatsFilter::Batch.order(questions, now_ms)
    pairs = in_order.reject(&:fault).group_by(&:key)
    firsts = pairs.values.map(&:first)
    ask(firsts, deadline)
    firsts.each { |first| @contacts.learn(first, first.answer) if first.answer }

    own = pairs.each_value.flat_map { |first, *others| share(first, others, now_ms) }
    ask(own, deadline) unless own.empty?
    own.each { |question| @contacts.learn(question, question.answer) if question.answer }
  end

  # Gives the answer of a pair's earliest event to the others; returns those that must be asked about themselves.
  def share(first, others, now_ms)
    others.select do |other|
      other.fault = first.fault
      next if other.fault

      same = DomainStatsFilter::Batch.same?(other, first, first.answer, @contacts, now_ms)
      # The first contact's own id would make the service call this one the first contact, too.
      other.id = nil if !same && other.id == first.id
      other.answer = DomainStatsFilter::Batch.adapt(first.answer, other) if same
      !same
    end
  end

  # -- what to ask --------------------------------------------------------------------------------------------------

  def add_question(questions, event, position)
    named = names_in(event)
    return if named.empty? || decided?(event)

    field, text = main(named)
    folded = DomainStatsFilter::Names.fold(text)
    return skip(event) if DomainStatsFilter::Names.in_zones?(folded, @zones)

    same = named.select { |_, other| DomainStatsFilter::Names.fold(other) == folded }.map(&:first)
    questions << question(event, position, text, [field] | same)
  end

  # Texts in the source fields, as [reference, text].
  def names_in(event)
    @fields.flat_map do |reference, spellings|
      value = spellings.lazy.map { |spelling| event.get(spelling) }.find { |found| !found.nil? }
      DomainStatsFilter::Names.texts(value).reject { |text| text.strip.empty? || text.bytesize > MAX_TEXT }.map { |text| [reference, text] }
    end
  end

  # The first usable name; when there is none, the first text, so that the answer says what is wrong with it.
  def main(named)
    named.find { |_, text| DomainStatsFilter::Names.usable?(text) } || named.first
  end

  # An event that comes back, from a dead letter queue or an index, keeps what was decided for it. If something is
  # pending in it, the sweep completes it.
  def decided?(event)
    answer = event.get(@target)
    answer.is_a?(Hash) && !answer['first_contact'].nil?
  end

  def question(event, position, text, fields)
    stamp = event.get('@timestamp')
    at = stamp.respond_to?(:to_iso8601) ? stamp.to_iso8601 : nil
    scope = scope_of(event)
    DomainStatsFilter::Question.new(
      :event => event, :text => text, :source_fields => fields.map { |field| DomainStatsFilter::Names.dotted(field) },
      :scope => scope, :client => (@client ? source_ip(event) : nil), :position => position,
      :at => at, :at_ms => at && DomainStatsFilter::Batch.milliseconds(stamp.time), :id => id_of(event, at, text),
      :fault => (scope?(scope) ? nil : "the scope is not of the form #{DomainStatsFilter::Settings::SCOPE_FORM}")
    )
  end

  def scope_of(event)
    scope = event.sprintf(@scope).strip.downcase
    scope.empty? || scope.include?('%{') ? 'default' : scope
  end

  def scope?(text)
    DomainStatsFilter::Settings::SCOPE.match?(text)
  end

  def source_ip(event)
    ip = event.get('[source][ip]')
    ip.is_a?(String) && !ip.empty? && ip.length <= MAX_TEXT ? ip : nil
  end

  # The name of the event, by which the service knows it again when a batch is sent twice.
  def id_of(event, at, text)
    given = ['[event][id]', '[@metadata][_id]', '[@metadata][input][elasticsearch][_id]'].lazy.map { |field| event.get(field) }
    id = given.find { |value| value.is_a?(String) && !value.empty? && value != 'null' }
    return id.length > MAX_TEXT ? Digest::SHA256.hexdigest(id) : id if id
    return nil if at.nil?

    # As the service and the sweep make it for an event without an id; kept there as a hash.
    [at, DomainStatsFilter::Names.fold(text), source_ip(event).to_s].join("\n")
  end

  # -- asking -------------------------------------------------------------------------------------------------------

  # Fills `answer` or `fault` of each question.
  def ask(questions, deadline)
    questions.each_slice(@settings.batch_max) do |slice|
      answers = post(slice, deadline)
      slice.zip(answers).each { |question, answer| answer.is_a?(Hash) ? question.answer = answer : question.fault = answer }
    rescue DomainStatsFilter::Unavailable => e
      slice.each { |question| question.fault = e.message }
    end
  end

  def post(slice, deadline)
    permit = @breaker.permit
    raise DomainStatsFilter::Unavailable, 'not asked: the service failed before' if permit.nil?

    answered = false
    metric.increment(:requests)
    metric.increment(:items, slice.length)
    response = connection.post(@settings.target, JSON.generate(slice.map(&:item)), @settings.headers, deadline)
    answers = DomainStatsFilter::Answers.read(response, slice)
    answered = true
    answers
  rescue DomainStatsFilter::Unavailable => e
    failed(e) if permit
    raise
  ensure
    answered ? @breaker.success(permit) : @breaker.failure(permit) if permit
  end

  def failed(error)
    metric.increment(:request_failures)
    # One line for each fault; while the breaker is open there are none.
    @logger.warn('domain-stats could not be asked', :url => @settings.shown_url, :error => error.message)
  end

  def tell(state)
    metric.gauge(:breaker, state == :still_open ? 'open' : state.to_s)
    case state
    when :open then @logger.warn("domain-stats is left alone for #{@breaker_seconds} s", :url => @settings.shown_url)
    when :closed then @logger.info('domain-stats answers again', :url => @settings.shown_url)
    end
  end

  # One connection for each worker thread: the plugin object is shared by all of them.
  def connection
    @lock.synchronize do
      @connections[Thread.current] ||= begin
        @connections.reject! { |thread, kept| !thread.alive? && (kept.close || true) }
        DomainStatsFilter::Connection.new(@settings.uri, :tls => @settings.tls)
      end
    end
  end

  # -- writing ------------------------------------------------------------------------------------------------------

  def write(question)
    return give_up(question) if question.answer.nil?

    fields = { 'source_field' => question.source_fields.first }
    fields['source_fields'] = question.source_fields if question.source_fields.length > 1
    question.event.set(@target, question.answer.merge(fields))
    split(question) if @ecs_split
    filter_matched(question.event)
  end

  # The event goes on; what is pending in it is completed by the sweep.
  def give_up(question)
    event = question.event
    known = event.get(@target)
    event.set(@target, (known.is_a?(Hash) ? known : {}).merge(
      'name' => DomainStatsFilter::Names.fold(question.text), 'status' => 'pending', 'pending' => UNDECIDED.dup,
      'source_field' => question.source_fields.first
    ).merge(scope?(question.scope) ? { 'scope' => question.scope } : {}))
    @tag_on_failure.each { |tag| event.tag(tag) }
    @logger.debug? && @logger.debug('an event was not enriched', :error => question.fault)
  end

  def skip(event)
    @tag_on_skip.each { |tag| event.tag(tag) }
    metric.increment(:skipped)
  end

  # A registered_domain that another filter put there and that differs from ours is from another list: its parts and
  # ours must not be mixed.
  def split(question)
    parent = question.source_fields.first.rpartition('.').first
    return unless SPLIT_PARENTS.include?(parent)

    parts = {
      'registered_domain' => question.answer['domain'],
      'top_level_domain' => question.answer['public_suffix'],
      'subdomain' => question.answer['subdomain']
    }
    reference = parent.split('.').map { |key| "[#{key}]" }.join
    present = question.event.get("#{reference}[registered_domain]")
    return unless present.nil? || present == parts['registered_domain']

    parts.compact.each do |key, value|
      field = "#{reference}[#{key}]"
      question.event.set(field, value) if question.event.get(field).nil?
    end
  end

  def count(questions)
    enriched = questions.count(&:answer)
    metric.increment(:enriched, enriched) if enriched.positive?
    metric.increment(:failed, questions.length - enriched) if enriched < questions.length
  end

  # One odd event must not cost the others their answer, nor the pipeline its worker.
  def guarded(event)
    yield
  rescue StandardError => e
    @logger.error('an event could not be enriched', :error => "#{e.class}: #{e.message}", :backtrace => e.backtrace&.first(5))
    @tag_on_failure.each { |tag| event.tag(tag) }
  end
end
