import { bucketCases } from '../bucket-reach.fixture.js';
import { specify } from '../../testing.fixture.js';
import { control } from './control.js';

specify(
  control,
  bucketCases({ action: 's3:GetObject', otherAction: 's3:PutObject', permission: 'READ', otherPermission: 'WRITE' }),
);
