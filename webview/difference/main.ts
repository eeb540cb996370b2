import type { DifferenceAnswer, DifferenceAsk, DifferenceView } from '../../src/messages/difference.ts';
import { connect } from '../shared/connect.ts';
import { useToolkit } from '../shared/toolkit.ts';
import { ChurnPage } from './churn/churnPage.ts';
import type { KeptPair } from './kept.ts';
import { PairPage } from './pairPage.ts';
import './difference.css';

useToolkit();
const main = document.createElement('main');
document.body.append(main);

let page: PairPage | ChurnPage | undefined;
const connection = connect<{ view: DifferenceView; ask: DifferenceAsk; answer: DifferenceAnswer; kept: KeptPair }>((view) => {
  if (view.kind === 'pair') {
    if (!(page instanceof PairPage)) page = new PairPage(main, connection);
    page.show(view);
  } else {
    if (!(page instanceof ChurnPage)) page = new ChurnPage(main, connection);
    page.show(view);
  }
});
