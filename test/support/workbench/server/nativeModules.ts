import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * VS Code's server writes its logs, and with them every output channel, through a native module, and watches its parent by another. Both are built by
 * install scripts that need a compiler and Node's headers. These stand in for them: without the first, output channels stay empty; without the
 * second, an extension host outlives a server that was killed.
 */
export async function replaceNativeModules(vscode: string): Promise<void> {
  await writeFile(join(vscode, 'node_modules', '@vscode', 'spdlog', 'index.js'), SPDLOG);
  await writeFile(join(vscode, 'node_modules', '@vscode', 'native-watchdog', 'index.js'), WATCHDOG);
}

const SPDLOG = String.raw`
const { appendFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');

const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];

class Logger {
  #file;
  #level = 2;
  #isRaw = false;

  constructor(file) {
    this.#file = file;
    mkdirSync(dirname(file), { recursive: true });
    appendFileSync(file, '');
  }

  #write(level, text) {
    if (level < this.#level) return;
    const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
    try {
      appendFileSync(this.#file, this.#isRaw ? text : time + ' [' + LEVELS[level] + '] ' + text + '\n');
    } catch {
      // The folder was taken away while the server was ending.
    }
  }

  trace(text) { this.#write(0, text); }
  debug(text) { this.#write(1, text); }
  info(text) { this.#write(2, text); }
  warn(text) { this.#write(3, text); }
  error(text) { this.#write(4, text); }
  critical(text) { this.#write(5, text); }
  getLevel() { return this.#level; }
  setLevel(level) { this.#level = level; }
  setPattern() {}
  clearFormatters() { this.#isRaw = true; }
  flush() {}
  drop() {}
}

exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = async (name, file) => new Logger(file);
exports.createAsyncRotatingLogger = exports.createRotatingLogger;
`.trimStart();

const WATCHDOG = String.raw`
exports.start = (pid) => {
  setInterval(() => {
    try {
      process.kill(pid, 0);
    } catch {
      process.exit(87);
    }
  }, 3000).unref();
};
exports.exit = (code) => process.exit(code || 0);
`.trimStart();
