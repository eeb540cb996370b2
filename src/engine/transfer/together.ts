/**
 * Waits for calls that are under way at once, until each has settled.
 * @throws the failure of the first in the list that failed, whichever failed first in time
 */
export async function together<Calls extends readonly Promise<unknown>[]>(
  calls: readonly [...Calls],
): Promise<{ [I in keyof Calls]: Awaited<Calls[I]> }> {
  const settled = await Promise.allSettled<unknown>(calls);
  const values = settled.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
  return values as { [I in keyof Calls]: Awaited<Calls[I]> };
}
