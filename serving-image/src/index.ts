export type {
  BatchingConfig,
  BucketsConfig,
  DrainConfig,
  HttpConfig,
  LogConfig,
  ModelConfig,
  ServerConfig,
  ServerSettings,
} from "./config/settings";
