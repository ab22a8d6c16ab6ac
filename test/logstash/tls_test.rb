# encoding: utf-8

require 'tmpdir'
require_relative 'helper'
require_relative 'certificates'

class TlsTest < Minitest::Test
  include Helper

  def setup
    @folder = Dir.mktmpdir
    @ca = Certificates.authority('ours')
    @other = Certificates.authority('other')
    @server_pair = @ca.issue('IP:127.0.0.1')
    @ca_file = file('ca.pem', @ca.certificate)
  end

  def teardown
    super
    FileUtils.rm_rf(@folder)
  end

  def file(name, content)
    File.join(@folder, name).tap { |path| File.write(path, content.to_pem) }
  end

  def context(pair = @server_pair)
    OpenSSL::SSL::SSLContext.new.tap do |context|
      context.cert, context.key = pair
      yield context if block_given?
    end
  end

  # The event as it leaves a filter with these settings.
  def pass(server, settings)
    filter = plugin({ 'url' => server.url }.merge(settings))
    Array.new(2) { |i| dns("n#{i}.com").tap { |event| filter.multi_filter([event]) } }.last
  end

  def test_an_authority_of_ones_own_and_one_connection
    server = serve(:tls => context)
    assert_equal true, facts(pass(server, 'ssl_enabled' => true, 'ssl_certificate_authorities' => [@ca_file]), 'first_contact')
    assert_equal 1, server.connections
  end

  def test_an_unknown_authority
    server = serve(:tls => context)
    assert_pending pass(server, {})
    assert_pending pass(server, 'ssl_certificate_authorities' => file('other.pem', @other.certificate))
    assert_empty server.requests
  end

  def test_a_certificate_for_another_host
    server = serve(:tls => context(@ca.issue('DNS:other.example.net')))
    assert_pending pass(server, 'ssl_certificate_authorities' => @ca_file)
    assert_empty server.requests
  end

  def test_without_verification
    server = serve(:tls => context)
    assert_equal true, facts(pass(server, 'ssl_verification_mode' => 'none'), 'first_contact')
  end

  def test_a_certificate_of_the_client
    server = serve(:tls => context do |tls|
      tls.verify_mode = OpenSSL::SSL::VERIFY_PEER | OpenSSL::SSL::VERIFY_FAIL_IF_NO_PEER_CERT
      tls.ca_file = @ca_file
    end)
    certificate, key = @ca.issue('DNS:logstash')
    own = { 'ssl_certificate' => file('own.pem', certificate), 'ssl_key' => file('own.key', key) }
    trust = { 'ssl_certificate_authorities' => @ca_file }
    assert_equal true, facts(pass(server, trust.merge(own)), 'first_contact')
    assert_pending pass(server, trust)
  end

  def test_versions
    server = serve(:tls => context { |tls| tls.max_version = OpenSSL::SSL::TLS1_2_VERSION })
    trust = { 'ssl_certificate_authorities' => @ca_file }
    assert_equal true, facts(pass(server, trust.merge('ssl_supported_protocols' => ['TLSv1.2'])), 'first_contact')
    assert_pending pass(server, trust.merge('ssl_supported_protocols' => ['TLSv1.3']))
  end
end
