// docs/commands.md: the command line, from the commands themselves.
import { buildProgram } from '../dist/cli/main.js';
import { flagOf, settingKeys } from '../dist/settings/keys.js';
import { cell } from './cell.js';

const SETTINGS = new Set(settingKeys().map(flagOf));

export async function commandsDocument(generated) {
  return `# The command line

<!-- ${generated} -->

\`domain-stats COMMAND --help\` tells the same with all limits and defaults. Settings (flags such as \`--data\`) may also stand
in the environment or a file: [settings.md](settings.md). Exit codes: 0 done, 1 failed, 2 wrong usage.

${leavesOf(await buildProgram(), [])
  .map(commandText)
  .join('\n\n')}
`;
}

/** Commands that do something, with all their names. */
function leavesOf(command, names) {
  if (command.commands.length === 0) return [{ command, names }];
  return command.commands.flatMap((child) => leavesOf(child, [...names, child.name()]));
}

function commandText({ command, names }) {
  const parts = command.registeredArguments.map((argument) => {
    const name = argument.name() + (argument.variadic ? '…' : '');
    return argument.required ? ` <${name}>` : ` [${name}]`;
  });
  const own = command.options.filter((option) => !isSetting(option) && option.long !== '--config');
  const settings = command.options.filter(isSetting).map(({ long }) => `\`${long}\``);
  const options = own.map(({ flags, description }) => `| \`${cell(flags)}\` | ${cell(description)} |`);
  const examples = examplesOf(command);
  return [
    `## \`${names.join(' ')}${parts.join('')}\``,
    command.description(),
    options.length === 0 ? '' : `| option | meaning |\n| --- | --- |\n${options.join('\n')}`,
    settings.length === 0
      ? ''
      : settings.length > 40
        ? 'All settings.'
        : `Settings: ${settings.join(', ')}, \`--config\`.`,
    exampleBlock(examples.filter((example) => !ENGINE.test(example))),
    exampleBlock(
      examples.filter((example) => ENGINE.test(example)),
      NOT_RUN,
    ),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

// Examples that need a search engine stand apart: the test of the documents runs all others.
const ENGINE = /:9200\b|\/\/(es|kibana)\.example|domain-stats sweep/;
const NOT_RUN = '<!-- not run: needs a search engine; test/elastic and test/dashboards run such commands -->\n\n';

const exampleBlock = (examples, mark = '') =>
  examples.length === 0 ? '' : `${mark}\`\`\`sh\n${examples.join('\n')}\n\`\`\``;

const isSetting = ({ long = '' }) => SETTINGS.has(long) || SETTINGS.has(long.replace(/^--no-/, '--'));

/** What stands under "Examples:" of the help text; an example that goes on in the next line is one. */
function examplesOf(command) {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text), writeErr: (text) => (help += text) });
  command.outputHelp();
  const [, after = ''] = help.split(/^Examples?:$/m);
  return after
    .split(/(?<!\\)\n/)
    .map((example) => example.replaceAll(/^ {2}/gm, '').trim())
    .filter((example) => example !== '');
}
