/** The sentences of README and docs are short enough to be read at three in the morning. Ends with 1 where one is not, and says which. */
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { TextlintKernel } from '@textlint/kernel';
import markdown from '@textlint/textlint-plugin-markdown';
import sentenceLength from 'textlint-rule-sentence-length';

/** About 50 words: with more, most readers go back to its beginning. Names, paths and code count as they are written. */
const MAX_CHARACTERS_A_SENTENCE = 300;

const PAGES = execFileSync('git', ['ls-files', 'README.md', 'docs/*.md'], { encoding: 'utf8' }).trim().split('\n');

const kernel = new TextlintKernel();
const options = {
  ext: '.md',
  plugins: [{ pluginId: 'markdown', plugin: markdown.default }],
  rules: [{ ruleId: 'sentence-length', rule: sentenceLength.default, options: { max: MAX_CHARACTERS_A_SENTENCE } }],
};

for (const page of PAGES) {
  const { messages } = await kernel.lintText(await readFile(page, 'utf8'), { ...options, filePath: page });
  for (const { loc, message } of messages) {
    process.stdout.write(`${page}:${loc.start.line} ${message}\n`);
    process.exitCode = 1;
  }
}
