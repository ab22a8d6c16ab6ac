# encoding: utf-8

require 'openssl'
require 'uri'

module DomainStatsFilter
  class BadSetting < StandardError; end

  # The plugin's options that have to be checked or turned into something, once, at start.
  class Settings
    SCOPE_FORM = '[a-z0-9._-]{1,64}'.freeze
    SCOPE = /\A#{SCOPE_FORM}\z/.freeze
    PATH = '/v1/domains'.freeze
    UNITS = { 'ms' => 0.001, 's' => 1, '' => 1 }.freeze

    attr_reader :uri, :target, :headers, :deadline, :tls, :batch_max

    def initialize(options)
      @uri = read_url(options.url)
      @deadline = seconds('deadline', options.deadline)
      @batch_max = options.batch_max.to_i
      @headers = read_headers(options)
      @target = @uri.path.chomp('/').delete_suffix(PATH) + PATH + query(options.wait)
      @tls = tls_context(options)
      check(options)
    end

    # For log lines.
    def shown_url
      @uri.to_s
    end

    private

    def check(options)
      raise BadSetting, 'deadline must be longer than 0' unless @deadline.positive?
      raise BadSetting, 'batch_max must be 1 or more' unless @batch_max.positive?
      raise BadSetting, 'source must name a field' if options.source.empty?
      raise BadSetting, "scope must be of the form #{SCOPE_FORM}" unless options.scope.include?('%{') || SCOPE.match?(options.scope)
      return if options.wait.nil? || seconds('wait', options.wait) < @deadline

      raise BadSetting, "wait (#{options.wait}) must be shorter than deadline (#{options.deadline})"
    end

    def read_url(text)
      uri = URI.parse(text.to_s)
      raise BadSetting, "url must begin with http:// or https://, got #{text}" unless uri.is_a?(URI::HTTP) && uri.host
      raise BadSetting, 'url must not hold a user: use user and password' if uri.userinfo
      raise BadSetting, 'url must not hold a query' if uri.query

      uri
    rescue URI::InvalidURIError
      raise BadSetting, 'url cannot be read'
    end

    def seconds(name, text)
      number, unit = text.to_s.strip.match(/\A(\d+(?:\.\d+)?) ?(ms|s)?\z/)&.captures
      raise BadSetting, "#{name} must be a time as 250ms or 1s, got #{text}" if number.nil?

      number.to_f * UNITS.fetch(unit.to_s)
    end

    def query(wait)
      wait.nil? ? '' : "?wait=#{(seconds('wait', wait) * 1000).round}ms"
    end

    def read_headers(options)
      raise BadSetting, 'token or user and password, not both' if options.token && options.user
      raise BadSetting, 'user and password belong together' if options.user.nil? != options.password.nil?

      headers = { 'content-type' => 'application/json', 'accept' => 'application/json', 'user-agent' => 'logstash-filter-domain_stats' }
      headers['authorization'] = "Bearer #{options.token.value}" if options.token
      headers['authorization'] = "Basic #{["#{options.user}:#{options.password.value}"].pack('m0')}" if options.user
      headers
    end

    def tls_context(options)
      secure = @uri.scheme == 'https'
      raise BadSetting, 'ssl_enabled and the scheme of url say different things' unless [nil, secure].include?(options.ssl_enabled)
      raise BadSetting, 'ssl_certificate and ssl_key belong together' if options.ssl_certificate.nil? != options.ssl_key.nil?
      return nil unless secure

      context = OpenSSL::SSL::SSLContext.new
      context.verify_mode = options.ssl_verification_mode == 'none' ? OpenSSL::SSL::VERIFY_NONE : OpenSSL::SSL::VERIFY_PEER
      context.cert_store = authorities(options.ssl_certificate_authorities)
      identify(context, options.ssl_certificate, options.ssl_key) if options.ssl_certificate
      limit_versions(context, options.ssl_supported_protocols)
      context
    rescue OpenSSL::OpenSSLError, SystemCallError => e
      raise BadSetting, "the TLS files cannot be used: #{e.message}"
    end

    # The Java store takes a file without a certificate in silence, so the files are read here.
    def authorities(files)
      store = OpenSSL::X509::Store.new
      files = Array(files)
      store.set_default_paths if files.empty?
      files.each do |file|
        blocks = File.read(file).scan(/-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/m)
        raise BadSetting, "the TLS files cannot be used: no certificate in #{file}" if blocks.empty?

        blocks.each { |block| store.add_cert(OpenSSL::X509::Certificate.new(block)) }
      end
      store
    end

    def identify(context, certificate, key)
      context.cert = OpenSSL::X509::Certificate.new(File.binread(certificate))
      context.key = OpenSSL::PKey.read(File.binread(key))
    end

    def limit_versions(context, versions)
      versions = Array(versions)
      context.min_version = versions.empty? || versions.include?('TLSv1.2') ? OpenSSL::SSL::TLS1_2_VERSION : OpenSSL::SSL::TLS1_3_VERSION
      context.max_version = OpenSSL::SSL::TLS1_2_VERSION if versions == ['TLSv1.2']
    end
  end
end
