import type { DiskPicture, RestoreWords } from '../../src/messages/restore.ts';
import { h, type Part } from '../shared/dom.ts';
import { COLUMNS, diskShape } from './diskShape.ts';

/** Where the disk holds pages, and where it is another one today. The sentence below says the same. */
export function diskPicture(words: RestoreWords, { written, differs, speech }: DiskPicture): Part {
  const shape = diskShape(written, differs);
  const box = `0 0 ${COLUMNS} ${shape.rows}`;
  return h('figure', { key: 'picture', class: 'picture' }, [
    h('h3', {}, words.picture),
    h(
      'svg',
      { class: 'disk box', viewBox: box, 'aria-hidden': 'true' },
      h('path', { class: 'cells', d: shape.cells }),
      shape.written.map((d, i) => h('path', { key: `written ${i}`, class: `written level${i}`, d })),
      h('path', { key: 'differs', class: 'differs', d: shape.differs }),
    ),
    h('figcaption', {}, [
      swatch('written', words.written, [1]),
      differs && swatch('differs', words.differs, undefined, [1]),
      h('p', { class: 'quiet' }, speech),
    ]),
  ]);
}

function swatch(name: string, text: string, written: readonly number[] | undefined, differs?: readonly number[]): Part {
  const shape = diskShape(written ?? [0], differs);
  return h('span', { key: name, class: 'swatch' }, [
    h(
      'svg',
      { viewBox: '0 0 1 1', width: '14', height: '14', 'aria-hidden': 'true' },
      h('path', { class: 'cells', d: shape.cells }),
      h('path', { class: 'written level3', d: shape.written.at(-1) }),
      h('path', { class: 'differs', d: shape.differs }),
    ),
    h('span', {}, text),
  ]);
}
