import type { RunEvent } from '../../engine/events.ts';
import type { Log } from '../log.ts';
import { durationText } from '../words/amounts.ts';
import type { Voice } from '../words/voice.ts';

/** Writes down what a run tells; progress is for the eye only. */
export function logEvent(log: Log, title: string, event: RunEvent, voice: Voice): void {
  switch (event.type) {
    case 'phase':
      log.info(`${title}: ${event.phase}. ${event.text}`);
      break;
    case 'note':
      log.info(`${title}: ${event.text}`);
      break;
    case 'warning':
      log.warn(`${title}: ${event.text} (${event.code})`);
      break;
    case 'retry':
      log.warn(`${title}: try ${event.attempt} of ${event.what} failed, again in ${durationText(event.waitMs, voice)}. ${event.reason}`);
      break;
    case 'snapshot':
      log.info(`${title}: ${event.resumed ? 'goes on from' : 'took'} snapshot ${event.snapshot}`);
      break;
    case 'changes':
      log.info(
        `${title}: ${event.written} bytes to write and ${event.cleared} to clear in ${event.ranges} ranges${event.since ? `, since ${event.since}` : ''}`,
      );
      break;
    case 'progress':
    case 'result':
      break;
  }
}
