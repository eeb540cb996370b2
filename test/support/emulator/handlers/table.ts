import type { Operation } from '../operations.ts';
import type { Handler } from '../service.ts';
import { getAccountInfo, getServiceProperties, getUserDelegationKey, listContainers, setServiceProperties } from './account.ts';
import { getBlockList, putBlock, putBlockList } from './blocks.ts';
import {
  createContainer,
  deleteContainer,
  getContainerAcl,
  getContainerProperties,
  setContainerAcl,
  setContainerMetadata,
} from './containers.ts';
import { abortCopyBlob, copyBlob } from './copyBlob.ts';
import { deleteBlob, deleteSnapshot, undeleteBlob } from './deleteBlob.ts';
import { getBlob, getBlobProperties } from './getBlob.ts';
import { leaseBlob } from './leaseBlob.ts';
import { listBlobs } from './listBlobs.ts';
import { putPageFromUrl } from './pageFromUrl.ts';
import { getPageRanges } from './pageRanges.ts';
import { clearPage, putPage } from './pages.ts';
import { getBlobMetadata, setBlobMetadata, setBlobProperties } from './properties.ts';
import { putBlob } from './putBlob.ts';
import { snapshotBlob } from './snapshot.ts';
import { getBlobTags, setBlobTags } from './tags.ts';

/** Operation → what carries it out; an operation that is missing answers 501. */
export const HANDLERS: Readonly<Partial<Record<Operation, Handler>>> = {
  ListContainers: listContainers,
  GetServiceProperties: getServiceProperties,
  SetServiceProperties: setServiceProperties,
  GetAccountInfo: getAccountInfo,
  GetUserDelegationKey: getUserDelegationKey,
  CreateContainer: createContainer,
  DeleteContainer: deleteContainer,
  GetContainerProperties: getContainerProperties,
  SetContainerMetadata: setContainerMetadata,
  GetContainerAcl: getContainerAcl,
  SetContainerAcl: setContainerAcl,
  ListBlobs: listBlobs,
  PutBlob: putBlob,
  GetBlob: getBlob,
  GetBlobProperties: getBlobProperties,
  SetBlobProperties: setBlobProperties,
  GetBlobMetadata: getBlobMetadata,
  SetBlobMetadata: setBlobMetadata,
  GetBlobTags: getBlobTags,
  SetBlobTags: setBlobTags,
  DeleteBlob: deleteBlob,
  DeleteSnapshot: deleteSnapshot,
  UndeleteBlob: undeleteBlob,
  SnapshotBlob: snapshotBlob,
  LeaseBlob: leaseBlob,
  PutPage: putPage,
  ClearPages: clearPage,
  PutPageFromURL: putPageFromUrl,
  GetPageRanges: getPageRanges,
  GetPageRangesDiff: getPageRanges,
  CopyBlob: copyBlob,
  AbortCopyBlob: abortCopyBlob,
  PutBlock: putBlock,
  PutBlockList: putBlockList,
  GetBlockList: getBlockList,
};
