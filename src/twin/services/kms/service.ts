import { implement } from '../../implement.js';
import { aliases } from './aliases.js';
import { createKey } from './create-key.js';
import { customKeyStores } from './custom-key-stores.js';
import { dataKeys } from './data-keys.js';
import { deletion } from './deletion.js';
import { encryption } from './encrypt.js';
import { grants } from './grants.js';
import { importMaterial } from './import-material.js';
import { importParameters } from './import-parameters.js';
import { keyAgreement } from './key-agreement.js';
import { keys } from './keys.js';
import { macs } from './mac.js';
import { multiRegion } from './multi-region.js';
import { policies } from './policies.js';
import { publicKey } from './public-key.js';
import { random } from './random.js';
import { rotation } from './rotation.js';
import { signing } from './sign.js';
import { tags } from './tags.js';

/** KMS on the twin. */
export const service = implement(
  'kms',
  aliases,
  createKey,
  customKeyStores,
  dataKeys,
  deletion,
  encryption,
  grants,
  importMaterial,
  importParameters,
  keyAgreement,
  keys,
  macs,
  multiRegion,
  policies,
  publicKey,
  random,
  rotation,
  signing,
  tags,
);
