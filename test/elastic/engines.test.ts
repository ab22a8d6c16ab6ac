/** All that needs a real engine, in one file: each engine is started once for it. `setup` wants to be the first. */
import './suites/setup.ts';
import './suites/node.ts';
import './suites/connect.ts';
import './suites/pipelines.ts';
import './suites/sweep.ts';
import './suites/facts.ts';
import './suites/privileges.ts';
