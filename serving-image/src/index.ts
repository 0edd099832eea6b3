export type { CacheSettings } from "./cache/settings";
export type {
  BatchingConfig,
  BucketsConfig,
  DrainConfig,
  GrpcConfig,
  HttpConfig,
  LogConfig,
  ModelConfig,
  RepositoryConfig,
  ServerConfig,
  ServerSettings,
} from "./config/settings";
export type { WarmUpConfig, WorkersConfig } from "./model/settings";
export type { DriftConfig } from "./drift/settings";
export type { FeedbackConfig } from "./feedback/settings";
export type { ComparisonConfig } from "./shadow/settings";
