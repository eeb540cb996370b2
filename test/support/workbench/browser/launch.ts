import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { chromiumPath } from './chromium.ts';

const ARGS = [
  // As root, in a container, there is no sandbox to be had; the browser sees nothing but our own server.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Pages that are not in front go on as if they were.
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
];

/** Set PBB_HEADED=1 to watch. */
export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: await chromiumPath(), headless: !process.env.PBB_HEADED, args: ARGS });
}
