import type { Localise } from '../words/voice.ts';
import type { AttachProblem, AttachWarning } from './attached.ts';

/** What is wrong with what was typed, in plain words; nothing for an empty input. */
export function problemText(t: Localise, problem: AttachProblem): string {
  const texts: Record<AttachProblem, string> = {
    empty: '',
    notConnectionString: t('This is not a connection string. One looks like DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…'),
    noCredential: t('This connection string holds no AccountKey and no SharedAccessSignature. Was it copied whole?'),
    accountName: t('The name of a storage account has 3 to 24 lower-case letters and digits.'),
    key: t('This is not an account key. A key is base64 text, usually of 88 characters ending in ==. Was it copied whole?'),
    endpoint: t(
      'This is not a blob endpoint. One looks like https://<account>.blob.core.windows.net, or http://127.0.0.1:10000/<account>.',
    ),
    notUrl: t(
      'This is not the URL of an account, container or blob. One looks like https://<account>.blob.core.windows.net/<container>/<blob>.',
    ),
    urlParameters: t('This URL has parameters that are not those of a SAS.'),
    noSas: t('This URL holds no SAS. A SAS begins after a question mark and has a part "sig=…".'),
    sasCutShort: t('This SAS is cut short: its signature (sig) is missing.'),
    sasExpired: t('This SAS has expired. Ask for a new one.'),
    sasOfSnapshot: t('This SAS is for one snapshot only. One for its blob, container or account is needed.'),
    sasOfDirectory: t('This SAS is for a Data Lake directory, and such accounts hold no page blobs.'),
    sasNotForBlobs: t('This SAS is not for the blob service.'),
    tokenNeedsHttps: t('Microsoft Entra ID works with https only. Use a SAS or a connection string for this endpoint.'),
    notLocal: t('This is not an emulator on this machine. Attach it by its connection string, so that its key is kept as a secret.'),
  };
  return texts[problem];
}

/** What the attached account will not do. */
export function warningText(t: Localise, warning: AttachWarning): string {
  const texts: Record<AttachWarning, string> = {
    sasCannotList: t('This SAS may not list (l): disks and backups are not found by themselves.'),
    sasReadOnly: t('This SAS may not write (w): disks can be looked at and restored from, but not backed up.'),
    notEncrypted: t('This endpoint is not encrypted: everybody on the way can read the data.'),
  };
  return texts[warning];
}
