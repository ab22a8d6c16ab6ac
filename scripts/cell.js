/** Text that may stand in a cell of a Markdown table. */
export const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
