Gem::Specification.new do |spec|
  spec.name = 'logstash-filter-domain_stats'
  spec.version = '0.1.0'
  spec.licenses = ['Apache-2.0']
  spec.summary = 'Asks a domain-stats service about the domain name in each event'
  spec.description = 'Age of the registration, first contact, rank, scores and alerts of domain names; one request for each pipeline batch. Runs inside Logstash.'
  spec.authors = ['domain-stats contributors']
  spec.files = Dir['plugins/**/*.rb', 'README.md', 'LICENSE', '*.gemspec', :base => __dir__]
  spec.require_paths = ['plugins']
  spec.required_ruby_version = '>= 3.1'

  # How Logstash knows a gem as a plugin.
  spec.metadata = { 'logstash_plugin' => 'true', 'logstash_group' => 'filter' }
  spec.add_runtime_dependency 'logstash-core-plugin-api', '>= 2.0', '< 3.0'
end
