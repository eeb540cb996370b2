import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cacheFolder } from '../../../src/cli/cacheFolder.ts';

describe('the folder for what can be made again', () => {
  it('is the user’s own, where the system keeps such things', () => {
    const home = homedir();
    assert.equal(cacheFolder({}, 'linux'), join(home, '.cache', 'page-blob-backup'));
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '/own/cache' }, 'linux'), join('/own/cache', 'page-blob-backup'));
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '' }, 'linux'), join(home, '.cache', 'page-blob-backup'));
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '/own/cache' }, 'darwin'), join(home, 'Library', 'Caches', 'page-blob-backup'));
    assert.equal(cacheFolder({ LOCALAPPDATA: join(home, 'L') }, 'win32'), join(home, 'L', 'page-blob-backup'));
    assert.equal(cacheFolder({}, 'win32'), join(home, 'AppData', 'Local', 'page-blob-backup'));
  });
});
