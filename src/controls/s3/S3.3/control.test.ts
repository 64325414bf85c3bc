import { bucketCases } from '../bucket-reach.fixture.js';
import { specify } from '../../testing.fixture.js';
import { control } from './control.js';

specify(
  control,
  bucketCases({ action: 's3:PutObject', otherAction: 's3:GetObject', permission: 'WRITE', otherPermission: 'READ' }),
);
