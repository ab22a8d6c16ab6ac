# encoding: utf-8

require_relative 'helper'

class SettingsTest < Minitest::Test
  include Helper

  BAD = {
    'url must begin with http' => { 'url' => 'ftp://127.0.0.1' },
    'url cannot be read' => { 'url' => 'http://a b' },
    'url must not hold a user' => { 'url' => 'http://u:p@127.0.0.1' },
    'url must not hold a query' => { 'url' => 'http://127.0.0.1/?x=1' },
    'deadline must be a time' => { 'deadline' => 'soon' },
    'deadline must be longer than 0' => { 'deadline' => '0s' },
    'wait must be a time' => { 'wait' => '1 minute' },
    'wait (2s) must be shorter than deadline' => { 'wait' => '2s', 'deadline' => '2s' },
    'batch_max must be 1 or more' => { 'batch_max' => 0 },
    'source must name a field' => { 'source' => [] },
    'scope must be of the form' => { 'scope' => 'berlin/office' },
    'user and password belong together' => { 'user' => 'u' },
    'token or user and password' => { 'user' => 'u', 'password' => 'p', 'token' => 't' },
    'ssl_enabled and the scheme' => { 'ssl_enabled' => true, 'url' => 'http://127.0.0.1' },
    'ssl_certificate and ssl_key belong together' => { 'ssl_certificate' => __FILE__ },
    'the TLS files cannot be used' => { 'url' => 'https://127.0.0.1', 'ssl_certificate_authorities' => __FILE__ },
    'unknown settings: urls' => { 'urls' => 'x' },
    'bad value of ssl_verification_mode' => { 'ssl_verification_mode' => 'some' }
  }.freeze

  BAD.each do |message, settings|
    define_method("test_refused_#{message.gsub(/\W+/, '_')}") do
      error = assert_raises(LogStash::ConfigurationError) { plugin(settings) }
      assert_includes error.message, message
    end
  end

  def test_times
    [['500ms', 0.5], ['2s', 2], ['0.25s', 0.25], ['3', 3], [1, 1], [0.5, 0.5]].each do |text, seconds|
      assert_in_delta seconds, plugin('deadline' => text).instance_variable_get(:@settings).deadline, 1e-9
    end
  end

  def test_defaults
    filter = plugin
    assert_equal ['[dns][question][name]', '[url][domain]', '[tls][client][server_name]', '[destination][domain]', '[http][request][host]'], filter.source
    assert_equal [['_domain_stats_failure'], [], '[domain_stats]', 'default'], [filter.tag_on_failure, filter.tag_on_skip, filter.target, filter.scope]
    assert_equal 'domain_stats', filter.class.config_name
  end

  def test_spellings_of_a_field
    assert_equal ['[a][b][c]', '[a.b][c]', '[a][b.c]', '[a.b.c]'], DomainStatsFilter::Names.spellings('[a][b][c]')
    assert_equal ['[a][b]', '[a.b]'], DomainStatsFilter::Names.spellings('a.b')
    assert_equal ['query'], DomainStatsFilter::Names.spellings('query')
  end
end
