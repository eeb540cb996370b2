import type { AreaView, ReadyState } from '../../src/messages/difference.ts';
import type { Area } from './map/drawing.ts';
import type { MapDisk } from './map/diskMap.ts';
import { changeText, type Voice } from './voice.ts';

/** What the map shows of the state. */
export function mapDiskOf({ length, lengthBefore, lengthAfter, ranges, written, cleared, areas }: ReadyState, voice: Voice): MapDisk {
  const shorter = lengthBefore === lengthAfter ? undefined : Math.min(lengthBefore, lengthAfter);
  return { length, ranges, written, cleared, shorter, areas: areas.map((area) => areaOf(area, voice)) };
}

function areaOf({ kind, name, type, ranges, written, cleared }: AreaView, voice: Voice): Area {
  const isTouched = written + cleared > 0;
  const whole = type === '' || type === name ? name : `${name} (${type})`;
  const label = isTouched && kind !== 'footer' ? `${whole} · ${changeText(written, cleared, voice)}` : whole;
  return { kind, name, label, isTouched, ranges };
}
