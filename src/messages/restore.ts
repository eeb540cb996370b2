import { isObject } from './channel.ts';
import { isOneOf, isText } from './values.ts';

/*
 * What the restore page and the extension say to each other. The extension holds the state and all texts, in the reader's language; the page draws
 * `RestoreView` and sends asks. Bytes are numbers, shares are 0…1. A part that is undefined has not been reached and is not drawn.
 */

/** All that the page shows, from top to bottom: each part depends on those before it. */
export interface RestoreView {
  readonly words: RestoreWords;
  /** `mypremiumdisk.vhd` */
  readonly disk: string;
  /** `from mybackupstdaccount / vhds / backup` */
  readonly origin: string;
  /** To be kept with `keep({ ...own things, restore: view.kept })` at every view: the page comes back with it after a reload of the window. */
  readonly kept: KeptRestore;
  /** A run was begun: points, target and review are there to read, nothing of them can be changed until `startOver`. */
  readonly isLocked: boolean;
  readonly points: PointsPart;
  readonly target: TargetPart | undefined;
  readonly review: ReviewPart | undefined;
  readonly run: RunPart | undefined;
}

/** Fixed texts of the page: headings, labels of buttons, captions. */
export interface RestoreWords {
  /** `Restore` */
  readonly title: string;
  /** Headings of the four parts: `Point in time`, `Where to`, `Review`, `Restore`. */
  readonly points: string;
  readonly target: string;
  readonly review: string;
  readonly run: string;
  /** Name of the timeline for a screen reader, and what the height of its bars means. */
  readonly timeline: string;
  readonly timelineNote: string;
  readonly now: string;
  readonly morePoints: string;
  readonly retry: string;
  readonly browse: string;
  readonly reviewButton: string;
  readonly planning: string;
  /** `What will happen, in order` */
  readonly steps: string;
  /** Badge of a step that is not needed. */
  readonly skipped: string;
  readonly picture: string;
  readonly written: string;
  readonly differs: string;
  readonly stays: string;
  readonly warnings: string;
  readonly back: string;
  readonly copyCommand: string;
  readonly cancel: string;
  readonly resume: string;
  readonly startOver: string;
  readonly showLog: string;
  readonly nextSteps: string;
  readonly copy: string;
}

export interface PointsPart {
  readonly state: 'loading' | 'ready' | 'failed';
  /** Why the points cannot be listed, or something that is odd about them; for people. The page offers `retryPoints` where state is `failed`. */
  readonly trouble: string | undefined;
  /** Newest first. */
  readonly rows: readonly PointRow[];
  readonly chosen: string | undefined;
  /** How far the chosen point was compared with the disk; `detail` is for a tooltip, and may be empty. */
  readonly badge: { readonly text: string; readonly detail: string } | undefined;
  /** There are older ones; ask `morePoints`. */
  readonly hasMore: boolean;
  /** The chosen point was found wrong: nothing goes on before the user has ticked this (`acceptWrong`). */
  readonly consent: { readonly text: string; readonly isGiven: boolean } | undefined;
}

export interface PointRow {
  /** Id of the backup blob's snapshot; of a point whose record cannot be read something else, which is no choice. */
  readonly id: string;
  /** `21 Nov 14:00` */
  readonly label: string;
  /** `21 Nov`, for the axis. */
  readonly day: string;
  /** `incremental · 310 MiB · proven` */
  readonly description: string;
  /** To the second, with time zone; for a tooltip. */
  readonly exact: string;
  /** The row as a sentence. */
  readonly speech: string;
  readonly kind: 'full' | 'incremental' | 'rebase';
  /**
   * How far it was compared with the disk; `wrong`: a verification found it wrong; `missing`: its snapshot is gone, or its
   * record cannot be read: it cannot be chosen.
   */
  readonly proof: 'all' | 'part' | 'none' | 'wrong' | 'missing';
  /** Bytes written and cleared to get there: the bar in the timeline. */
  readonly changed: number;
  /** Milliseconds since 1970 of the disk's state; undefined where the record holds no time that can be read. */
  readonly time: number | undefined;
}

export type TargetKind = 'blob' | 'inPlace' | 'file';

export interface TargetPart {
  readonly kind: TargetKind;
  /** The three ways, in order: radio buttons. */
  readonly kinds: readonly {
    readonly kind: TargetKind;
    readonly label: string;
    readonly description: string;
  }[];
  /** Of the chosen kind, in order. None for `inPlace`. */
  readonly fields: readonly FieldView[];
  /** About the target as a whole, such as the lease of the disk for `inPlace`. */
  readonly check: Check;
  /** Everything that is needed is there and nothing is known to be wrong: the button *Review* can be pressed. */
  readonly canReview: boolean;
}

/** A `good` or `attention` check does not keep anybody from going on, `checking` and `bad` do. `none`: nothing to say. */
export interface Check {
  readonly state: 'none' | 'checking' | 'good' | 'attention' | 'bad';
  /** For people; may be empty. */
  readonly text: string;
}

export type FieldName = 'account' | 'container' | 'name' | 'tier' | 'continueChain' | 'newBackup' | 'path';

/**
 * One input. The extension never changes a field that is being typed in but when another field is changed, so the page leaves the text in the field
 * that has the focus alone.
 */
export type FieldView = {
  readonly name: FieldName;
  readonly label: string;
  /** Below the field; may be empty. */
  readonly hint: string;
  readonly check: Check;
} & (
  | {
      readonly kind: 'text';
      readonly value: string;
      /** What may be meant, such as the names of containers. */
      readonly suggestions: readonly string[];
      /** Offers a button that asks `browse`. */
      readonly canBrowse: boolean;
    }
  | {
      readonly kind: 'choice';
      readonly value: string;
      readonly options: readonly { readonly value: string; readonly label: string; readonly description: string }[];
    }
  | { readonly kind: 'toggle'; readonly value: boolean }
);

export interface ReviewPart {
  readonly state: 'planning' | 'ready' | 'failed';
  /** Why there is no plan; for people. The page offers `review` again. */
  readonly trouble: string | undefined;
  /** In order. */
  readonly steps: readonly {
    readonly title: string;
    /** `212 GiB · 54,300 requests · about 61 min at 60 MiB/s`; may be empty. */
    readonly detail: string;
    /** Why it is not needed; undefined for one that will be done. */
    readonly skipped: string | undefined;
  }[];
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** Undefined where nobody can tell without reading the disk. */
  readonly picture: DiskPicture | undefined;
  /** Sentences: what is not touched, and what becomes of the chain. */
  readonly stays: readonly string[];
  readonly warnings: readonly string[];
  /** `Restore`, `Rewind the Disk`, or `Go On` where an interrupted run is gone on with. */
  readonly button: string;
  readonly canRun: boolean;
  /** Why a plan that is there cannot be run right now. */
  readonly blocked: string | undefined;
}

/** The disk from its first byte to its last, in cells of equal size. */
export interface DiskPicture {
  /** Bytes of the disk. */
  readonly length: number;
  /** Share of each cell that the recovery point holds pages of. */
  readonly written: readonly number[];
  /** Share of each cell that differs from the disk as it is today; undefined where that is not known. As long as `written`. */
  readonly differs: readonly number[] | undefined;
  /** The picture as a sentence. */
  readonly speech: string;
}

export interface RunPart {
  /** `resumable`: interrupted, by its user or because its window closed. `forgotten`: it was removed from the list of runs. */
  readonly state: 'running' | 'resumable' | 'done' | 'failed' | 'forgotten';
  /** `Restoring disk.vhd to disk-restored.vhd` */
  readonly title: string;
  /** `copying: 812 MiB of 1.2 GiB · 58 MiB/s · 7 s left`, or what came of it. */
  readonly text: string;
  /** 0…100 within the phase; undefined where nobody can tell. */
  readonly percent: number | undefined;
  readonly canCancel: boolean;
  readonly canResume: boolean;
  readonly canStartOver: boolean;
  /** Once it is done. */
  readonly next: readonly NextStep[];
}

export type NextAction = 'backUp' | 'verify' | 'reveal' | 'openFolder';

/** What can be done with the restored disk. */
export type NextStep =
  | { readonly kind: 'action'; readonly action: NextAction; readonly title: string; readonly text: string; readonly button: string }
  | {
      readonly kind: 'commands';
      readonly title: string;
      readonly text: string;
      /** Copied with `copyBlock`. Whatever people have to fill in stands in `<angle brackets>`. */
      readonly blocks: readonly { readonly id: string; readonly label: string; readonly code: string }[];
    };

export type RestoreAsk =
  | { readonly type: 'choosePoint'; readonly point: string }
  | { readonly type: 'acceptWrong'; readonly isAccepted: boolean }
  | { readonly type: 'morePoints' | 'retryPoints' }
  | { readonly type: 'chooseTarget'; readonly kind: TargetKind }
  /** Sent at every key; the checks follow in views, and only those of what was typed last. `'true'` and `'false'` for a toggle. */
  | { readonly type: 'edit'; readonly field: FieldName; readonly value: string }
  /** Shows the dialog for a file; the path comes with the next view. */
  | { readonly type: 'browse' }
  /** `back`: away with the review. */
  | { readonly type: 'review' | 'back' | 'restore' | 'cancel' | 'resume' | 'startOver' }
  | { readonly type: 'copyCommand' }
  | { readonly type: 'copyBlock'; readonly id: string }
  | { readonly type: 'act'; readonly action: NextAction | 'showLog' };

/** Something to say in passing, such as `Copied`; undefined where the next view says it all. */
export interface RestoreAnswer {
  readonly said: string | undefined;
}

/** What the page keeps for the extension over a reload of the window; without secrets. */
export interface KeptRestore {
  readonly format: 1;
  /** URL of the backup blob, without query. */
  readonly backup: string;
  readonly point: string | undefined;
  readonly acceptsWrong: boolean;
  readonly kind: TargetKind;
  /** What the user has put into fields; those that are missing have their suggestion. */
  readonly fields: Readonly<Partial<Record<FieldName, string>>>;
  /** A review was shown, or on its way, and no run was begun: it is planned anew. */
  readonly hasReview?: boolean;
  /** Id of the run that was begun. */
  readonly run: string | undefined;
}

const FIELDS: readonly FieldName[] = ['account', 'container', 'name', 'tier', 'continueChain', 'newBackup', 'path'];
const KINDS: readonly TargetKind[] = ['blob', 'inPlace', 'file'];
const ACTIONS: readonly (NextAction | 'showLog')[] = ['backUp', 'verify', 'reveal', 'openFolder', 'showLog'];
const PLAIN = ['morePoints', 'retryPoints', 'browse', 'review', 'back', 'restore', 'cancel', 'resume', 'startOver', 'copyCommand'] as const;
/** Longer than any path or URL that means something. */
const LONGEST = 8192;

/** @returns undefined for whatever is not an ask; nothing but the fields named here gets through */
export function readRestoreAsk(value: unknown): RestoreAsk | undefined {
  if (!isObject(value)) return undefined;
  const { type } = value;
  if (isOneOf(PLAIN, type)) return { type };
  switch (type) {
    case 'choosePoint':
      return isText(value.point, LONGEST) ? { type, point: value.point } : undefined;
    case 'acceptWrong':
      return typeof value.isAccepted === 'boolean' ? { type, isAccepted: value.isAccepted } : undefined;
    case 'chooseTarget':
      return isOneOf(KINDS, value.kind) ? { type, kind: value.kind } : undefined;
    case 'edit':
      return isOneOf(FIELDS, value.field) && isText(value.value, LONGEST) ? { type, field: value.field, value: value.value } : undefined;
    case 'copyBlock':
      return isText(value.id, LONGEST) ? { type, id: value.id } : undefined;
    case 'act':
      return isOneOf(ACTIONS, value.action) ? { type, action: value.action } : undefined;
    default:
      return undefined;
  }
}

/** @returns undefined for whatever is not what a page of this version keeps; `value` is all that the page has kept */
export function readKeptRestore(value: unknown): KeptRestore | undefined {
  const kept = isObject(value) ? value.restore : undefined;
  if (!isObject(kept) || kept.format !== 1 || !isText(kept.backup, LONGEST) || !isOneOf(KINDS, kept.kind) || !isObject(kept.fields)) {
    return undefined;
  }
  const fields: Partial<Record<FieldName, string>> = {};
  for (const name of FIELDS) {
    const text = kept.fields[name];
    if (isText(text, LONGEST)) fields[name] = text;
  }
  return {
    format: 1,
    backup: kept.backup,
    point: isText(kept.point, LONGEST) ? kept.point : undefined,
    acceptsWrong: kept.acceptsWrong === true,
    kind: kept.kind,
    fields,
    hasReview: kept.hasReview === true,
    run: isText(kept.run, LONGEST) ? kept.run : undefined,
  };
}
