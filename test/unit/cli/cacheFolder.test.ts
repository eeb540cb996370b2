import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { cacheFolder, isOurs } from '../../../src/cli/cacheFolder.ts';

describe('the folder for what can be made again', () => {
  let place: string;
  before(async () => {
    place = await mkdtemp(join(tmpdir(), 'cache-folder-'));
  });
  after(() => rm(place, { recursive: true }));

  it('is the user’s own, where the system keeps such things', () => {
    const home = homedir();
    assert.equal(cacheFolder({}, 'linux'), join(home, '.cache', 'page-blob-backup'));
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '/own/cache' }, 'linux'), join('/own/cache', 'page-blob-backup'));
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '' }, 'linux'), join(home, '.cache', 'page-blob-backup'));
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '/own/cache' }, 'darwin'), join(home, 'Library', 'Caches', 'page-blob-backup'));
    assert.equal(cacheFolder({ LOCALAPPDATA: join(home, 'L') }, 'win32'), join(home, 'L', 'page-blob-backup'));
    assert.equal(cacheFolder({}, 'win32'), join(home, 'AppData', 'Local', 'page-blob-backup'));
  });

  it('is none where the user has no home: the folder one happens to stand in is anybody’s', () => {
    assert.equal(cacheFolder({ XDG_CACHE_HOME: 'cache' }, 'linux'), undefined);
    assert.equal(cacheFolder({ LOCALAPPDATA: 'cache' }, 'win32'), undefined);
    const none = (): never => {
      throw new Error('uv_os_homedir returned ENOENT');
    };
    assert.equal(cacheFolder({}, 'linux', none), undefined);
    assert.equal(
      cacheFolder({}, 'linux', () => ''),
      undefined,
    );
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '/own/cache' }, 'linux', none), join('/own/cache', 'page-blob-backup'));
  });

  it('is made for its user alone, and not used where others can write to it or there is none', async () => {
    const folder = join(place, 'new', 'page-blob-backup');
    assert.ok(isOurs(folder));
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    await chmod(folder, 0o777);
    assert.equal(isOurs(folder), false);
    await chmod(folder, 0o700);
    const file = join(place, 'file');
    await writeFile(file, '');
    assert.equal(isOurs(file), false);
    assert.equal(isOurs(join(file, 'page-blob-backup')), false);
    assert.equal(isOurs(join(place, 'no home', '.cache', 'page-blob-backup')), false, 'where Node makes folders for ever it would not end');
    assert.equal(existsSync(join(place, 'no home')), false);
  });

  it('of another user is not used', { skip: process.getuid?.() !== 0 && 'only root can hand a folder over' }, () => {
    const folder = join(place, 'of another');
    assert.ok(isOurs(folder));
    assert.equal(spawnSync('chown', ['12345', folder]).status, 0);
    assert.equal(isOurs(folder), false);
  });
});
