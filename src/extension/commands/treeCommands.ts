import type { Handler } from './tools.ts';

/** *Refresh*: one row, or from the title and the palette everything, accounts included. */
export const refresh: Handler = ({ trees }, row) => trees.refresh(row);

export const filter: Handler = ({ trees }) => trees.filter();
export const clearFilter: Handler = ({ trees }) => trees.clearFilter();
export const loadMore: Handler = ({ trees }, row) => trees.loadMore(row);
export const retry: Handler = ({ trees }, row) => trees.retry(row);
export const showLog: Handler = ({ log }) => log.show();
