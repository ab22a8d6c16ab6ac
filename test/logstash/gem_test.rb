# encoding: utf-8

require_relative 'helper'

class GemTest < Minitest::Test
  FOLDER = File.expand_path('../../logstash', __dir__)

  def test_the_gem_is_a_filter_plugin_with_all_files
    gem = Gem::Specification.load("#{FOLDER}/logstash-filter-domain_stats.gemspec")
    plugin = Dir.chdir(FOLDER) { Dir['plugins/**/*.rb'] }
    assert_equal({ 'logstash_plugin' => 'true', 'logstash_group' => 'filter' }, gem.metadata)
    assert_equal [], plugin + ['LICENSE', 'README.md'] - gem.files
    assert_equal ['plugins'], gem.require_paths
    assert_includes plugin, 'plugins/logstash/filters/domain_stats.rb'
  end

  # Logstash takes a folder for --path.plugins only when it finds plugins where it looks for them.
  def test_the_folder_suits_path_plugins
    assert_equal ['domain_stats.rb'], Dir["#{FOLDER}/plugins/logstash/{inputs,codecs,filters,outputs}/*.rb"].map { |file| File.basename(file) }
  end

  # Inside Logstash only the standard library is there for sure.
  def test_nothing_but_the_standard_library
    needed = Dir["#{FOLDER}/plugins/**/*.rb"].flat_map { |file| File.read(file).scan(/^require '([^']+)'/) }.flatten.uniq
    assert_equal %w[digest json logstash/filters/base logstash/namespace openssl set socket time uri], needed.sort
  end
end
