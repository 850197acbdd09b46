'use strict';
// Which folders the engine may read: those that it was asked to read, and no others.

const fs = require('node:fs');
const path = require('node:path');

const ROOT_MARKS = ['vtl-eval.toml', '.git'];

/** The nearest folder at or above this one that is the root of a project, else the folder itself (as the command has it). */
function rootOf(folder) {
  for (let at = folder; ; at = path.dirname(at)) {
    if (ROOT_MARKS.some((mark) => fs.existsSync(path.join(at, mark)))) return at;
    if (path.dirname(at) === at) return folder;
  }
}

/** The name by which the engine knows a folder: POSIX, also of a drive of Windows. */
function guestName(absolute) {
  const posix = absolute.split(path.sep).join('/');
  return posix.startsWith('/') ? posix : `/${posix}`;
}

/** The folder of a path that is there, or of one that can be made. */
function folderOf(named) {
  const absolute = path.resolve(named);
  const stat = fs.statSync(absolute, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return absolute;
  const parent = path.dirname(absolute);
  return stat || fs.existsSync(parent) ? parent : null;
}

/** The paths that an argument may name: `x`, and the value of `--option=x`. */
function pathsIn(argument) {
  if (argument === '-' || argument.includes('\0')) return [];
  const value = argument.startsWith('-') ? argument.slice(argument.indexOf('=') + 1 || argument.length) : argument;
  return value && !/^\s*[{[]/.test(value) ? [value] : [];
}

/** What a command with these arguments may read: the project that stands here, and the folders of the paths named. */
function forCommand(args, directory) {
  const folders = new Set([rootOf(directory)]);
  for (const named of args.flatMap(pathsIn)) {
    // A name that no file system takes is no path.
    let folder = null;
    try {
      folder = folderOf(named);
    } catch {
      continue;
    }
    if (folder) folders.add(rootOf(folder));
  }
  return preopens(folders, directory);
}

function preopens(folders, directory) {
  const mounts = directory ? { '.': directory } : {};
  for (const folder of folders) mounts[guestName(folder)] = folder;
  return mounts;
}

module.exports = { forCommand, guestName, rootOf, preopens };
