# encoding: utf-8

# All tests of the plugin in one process: starting Java once is enough.
Dir[File.join(__dir__, '*_test.rb')].sort.each { |file| require file }
