/**
 * What a single executable begins with, as the text of a script. Node.js gives such a script no `require` for files, so it
 * loads the plugin's own from the executable, each when it is asked for: compiling all of them would take most of a start.
 */
export const START = `const { getAsset } = require('node:sea');
const { compileFunction } = require('node:vm');
const { basename } = require('node:path');
const loaded = new Map();
function load(file) {
  const before = loaded.get(file);
  if (before !== undefined) return before.exports;
  const module = { exports: {} };
  loaded.set(file, module);
  const take = (name) => (name.startsWith('.') ? load(basename(name)) : require(name));
  const code = compileFunction(getAsset(file, 'utf8'), ['exports', 'require', 'module', '__filename'], { filename: file });
  code.call(module.exports, module.exports, take, module, process.execPath);
  return module.exports;
}
load('main.cjs');
`;
