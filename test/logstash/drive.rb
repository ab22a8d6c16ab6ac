# encoding: utf-8

# Runs batches of events through the filter for tests in other languages. A line of standard input is a job:
# {"settings": {...}, "batches": [[event, ...], ...], "threads": 1}; a line of standard output has what came out, in the
# same form, and the plugin's counters.

require 'json'
require 'logstash/filters/domain_stats'

def event(data)
  LogStash::Event.new(data.reject { |_, value| value.nil? }).tap do |made|
    made.remove('@timestamp') if data['@timestamp'].nil?
  end
end

# As Logstash does it: the workers share the plugin and take one batch after the other.
def work(filter, batches, threads)
  waiting = Queue.new
  batches.each_with_index { |batch, i| waiting << [batch, i] }
  waiting.close
  done = Array.new(batches.length)
  Array.new(threads) do
    Thread.new do
      while (batch, i = waiting.pop)
        done[i] = filter.multi_filter(batch.map { |data| event(data) }).map(&:to_hash)
      end
    end
  end.each(&:join)
  done
end

def filter_with(settings)
  LogStash::Filters::DomainStats.new(settings).tap(&:register)
end

kept = Hash.new { |filters, settings| filters[settings] = filter_with(settings) }
$stdout.sync = true
$stdin.set_encoding(Encoding::UTF_8)
$stdin.each_line do |line|
  job = JSON.parse(line)
  filter = job['keep'] ? kept[job.fetch('settings')] : filter_with(job.fetch('settings'))
  batches = work(filter, job.fetch('batches'), job.fetch('threads', 1))
  filter.close unless job['keep']
  warnings = filter.logger.lines.select { |level, *| %i[warn error].include?(level) }
  puts JSON.generate('batches' => batches, 'metrics' => filter.metric.values, 'warnings' => warnings)
end
