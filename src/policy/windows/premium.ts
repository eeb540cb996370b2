/** A premium page blob takes one snapshot in ten minutes, and 100 in all (REST: Snapshot Blob, remarks). */
const BETWEEN_MS = 10 * 60_000;
const MOST = 100;

export interface PremiumSource {
  /** Access tier as the service gives it: `P10` for premium page blobs. */
  readonly tier: string | undefined;
  /** Snapshots on the source now. */
  readonly snapshots: number;
  /** When a run of ours began last that took one. */
  readonly lookedOn: number | undefined;
  readonly now: number;
}

export function isPremium(tier: string | undefined): boolean {
  return /^P\d+$/i.test(tier ?? '');
}

/** Why no snapshot of the source may be taken now, in plain words; undefined where one may. */
export function premiumRefusal({
  tier,
  snapshots,
  lookedOn,
  now,
}: PremiumSource): { readonly code: 'tooSoon' | 'tooMany'; readonly text: string } | undefined {
  if (!isPremium(tier)) return undefined;
  if (snapshots >= MOST) {
    return {
      code: 'tooMany',
      text: `The disk has ${snapshots} snapshots, and a premium page blob holds no more than ${MOST}: delete some that nobody needs.`,
    };
  }
  if (lookedOn !== undefined && now >= lookedOn && now - lookedOn < BETWEEN_MS) {
    return { code: 'tooSoon', text: 'A premium page blob takes one snapshot in ten minutes, and the last one is younger.' };
  }
  return undefined;
}
