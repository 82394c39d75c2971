// SPDX-License-Identifier: Apache-2.0
// Everything public, for users; the library itself includes what it needs, header by header.
// Rooms that this installation was built without are left out.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/bytes.hpp>
#include <weir/base/error.hpp>
#include <weir/base/intrusive_list.hpp>
#include <weir/base/lifetime.hpp>
#include <weir/base/random.hpp>
#include <weir/base/refusal.hpp>
#include <weir/base/refused.hpp>
#include <weir/base/result.hpp>
#include <weir/base/slot_map.hpp>
#include <weir/base/stable_hash.hpp>
#include <weir/base/unique_fd.hpp>

#include <weir/state/deeply_immutable.hpp>
#include <weir/state/field.hpp>
#include <weir/state/immutable_map.hpp>
#include <weir/state/immutable_vector.hpp>
#include <weir/state/state.hpp>

#include <weir/metrics/counter.hpp>
#include <weir/metrics/gauge.hpp>
#include <weir/metrics/histogram.hpp>
#include <weir/metrics/process_memory.hpp>
#include <weir/metrics/recent_values.hpp>
#include <weir/metrics/registry.hpp>
#include <weir/metrics/sharded.hpp>
#include <weir/metrics/slo.hpp>
#include <weir/metrics/text_format.hpp>

#include <weir/coro/concepts.hpp>
#include <weir/coro/context.hpp>
#include <weir/coro/context_preset.hpp>
#include <weir/coro/context_view.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/scope.hpp>
#include <weir/coro/stop.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/task_tree.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/wait_point.hpp>
#include <weir/coro/wait_queue.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/coro/when_any.hpp>
#include <weir/coro/with_value.hpp>

#include <weir/sync/actor.hpp>
#include <weir/sync/channel.hpp>
#include <weir/sync/chunk.hpp>
#include <weir/sync/event.hpp>
#include <weir/sync/event_bus.hpp>
#include <weir/sync/for_each_concurrent.hpp>
#include <weir/sync/latch.hpp>
#include <weir/sync/map_concurrently.hpp>
#include <weir/sync/merge.hpp>
#include <weir/sync/mutex.hpp>
#include <weir/sync/semaphore.hpp>
#include <weir/sync/single_flight.hpp>
#include <weir/sync/stream.hpp>
#include <weir/sync/task_group.hpp>
#include <weir/sync/water_marks.hpp>

#include <weir/io/buffer_ring.hpp>
#include <weir/io/file.hpp>
#include <weir/io/file_facts.hpp>
#include <weir/io/folder.hpp>
#include <weir/io/offload.hpp>
#include <weir/io/open_files.hpp>
#include <weir/io/operation.hpp>
#include <weir/io/phase_ledger.hpp>
#include <weir/io/post.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/run.hpp>
#include <weir/io/runtime.hpp>
#include <weir/io/send_buffer.hpp>
#include <weir/io/shard.hpp>
#include <weir/io/signal.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/stall.hpp>
#include <weir/io/task_dump.hpp>
#include <weir/io/timed_operation.hpp>
#include <weir/io/timeout.hpp>
#include <weir/io/timer.hpp>
#include <weir/io/within.hpp>

#include <weir/io/op/close.hpp>
#include <weir/io/op/connect.hpp>
#include <weir/io/op/file_size.hpp>
#include <weir/io/op/file_status.hpp>
#include <weir/io/op/fsync.hpp>
#include <weir/io/op/open.hpp>
#include <weir/io/op/open_beneath.hpp>
#include <weir/io/op/poll.hpp>
#include <weir/io/op/read.hpp>
#include <weir/io/op/shutdown.hpp>
#include <weir/io/op/write.hpp>

#include <weir/flow/batch_queue.hpp>
#include <weir/flow/batcher.hpp>
#include <weir/flow/measured_channel.hpp>
#include <weir/flow/resource_set.hpp>

#include <weir/net/connect.hpp>
#include <weir/net/endpoint.hpp>
#include <weir/net/port_reservation.hpp>
#include <weir/net/resolver.hpp>
#include <weir/net/socket_options.hpp>
#include <weir/net/stream_socket.hpp>
#include <weir/net/tcp_acceptor.hpp>
#include <weir/net/tcp_socket.hpp>
#include <weir/net/udp_socket.hpp>

#include <weir/eviction/bounded_map.hpp>
#include <weir/eviction/frequency_sketch.hpp>
#include <weir/eviction/ghost_queue.hpp>
#include <weir/eviction/lru.hpp>
#include <weir/eviction/s3_fifo.hpp>
#include <weir/eviction/slot_index.hpp>
#include <weir/eviction/slot_list.hpp>
#include <weir/eviction/w_tinylfu.hpp>
#include <weir/eviction/window_balance.hpp>

#include <weir/cache/cache.hpp>
#include <weir/cache/cache_options.hpp>
#include <weir/cache/cache_state.hpp>
#include <weir/cache/file_store.hpp>
#include <weir/cache/intern_pool.hpp>
#include <weir/cache/memory_store.hpp>
#include <weir/cache/route_table.hpp>
#include <weir/cache/tag_table.hpp>
#include <weir/cache/tiered_cache.hpp>
#include <weir/cache/value_store.hpp>

#include <weir/registry/registry.hpp>
#include <weir/registry/registry_view.hpp>
#include <weir/registry/session_store.hpp>
#include <weir/registry/session_table.hpp>

#include <weir/rate/connection_limiter.hpp>
#include <weir/rate/cost_table.hpp>
#include <weir/rate/gcra.hpp>
#include <weir/rate/keyed_limiter.hpp>
#include <weir/rate/leaky_bucket.hpp>
#include <weir/rate/limit.hpp>
#include <weir/rate/priority.hpp>
#include <weir/rate/quota.hpp>
#include <weir/rate/rate_limiter.hpp>
#include <weir/rate/sliding_window.hpp>
#include <weir/rate/source_network.hpp>
#include <weir/rate/throttle.hpp>
#include <weir/rate/token_bucket.hpp>
#include <weir/rate/traffic.hpp>
#include <weir/rate/traffic_limiter.hpp>
#include <weir/rate/traffic_limits.hpp>

#include <weir/resilience/adaptive_limit.hpp>
#include <weir/resilience/backoff.hpp>
#include <weir/resilience/bulkhead.hpp>
#include <weir/resilience/circuit_breaker.hpp>
#include <weir/resilience/concurrency_estimate.hpp>
#include <weir/resilience/hedge.hpp>
#include <weir/resilience/latency_sample.hpp>
#include <weir/resilience/load_shedder.hpp>
#include <weir/resilience/queue_delay.hpp>
#include <weir/resilience/retry.hpp>
#include <weir/resilience/saturation.hpp>

#include <weir/trace/attribute.hpp>
#include <weir/trace/id_source.hpp>
#include <weir/trace/log_level.hpp>
#include <weir/trace/log_writer.hpp>
#include <weir/trace/metric.hpp>
#include <weir/trace/observe.hpp>
#include <weir/trace/otlp_exporter.hpp>
#include <weir/trace/otlp_message.hpp>
#include <weir/trace/otlp_options.hpp>
#include <weir/trace/otlp_recorder.hpp>
#include <weir/trace/otlp_series.hpp>
#include <weir/trace/recorder.hpp>
#include <weir/trace/recording.hpp>
#include <weir/trace/scope_path.hpp>
#include <weir/trace/scope_report.hpp>
#include <weir/trace/span.hpp>
#include <weir/trace/span_context.hpp>
#include <weir/trace/span_id.hpp>
#include <weir/trace/span_outcome.hpp>
#include <weir/trace/tee.hpp>
#include <weir/trace/trace_id.hpp>
#include <weir/trace/traceparent.hpp>

#include <weir/pool/keep_sized.hpp>
#include <weir/pool/object_pool.hpp>
#include <weir/pool/overdue_lease.hpp>
#include <weir/pool/pool.hpp>
#include <weir/pool/pool_demand.hpp>
#include <weir/pool/pool_options.hpp>
#include <weir/pool/pool_sizer.hpp>
#include <weir/pool/pool_state.hpp>
#include <weir/pool/pool_statistics.hpp>
#include <weir/pool/resource_factory.hpp>

#include <weir/balance/candidates.hpp>
#include <weir/balance/hash_ring.hpp>
#include <weir/balance/key_hash.hpp>
#include <weir/balance/least_loaded.hpp>
#include <weir/balance/peak_ewma.hpp>
#include <weir/balance/peak_latency.hpp>
#include <weir/balance/rendezvous.hpp>
#include <weir/balance/round_robin.hpp>
#include <weir/balance/smooth_weighted.hpp>
#include <weir/balance/source_affinity.hpp>
#include <weir/balance/target.hpp>
#include <weir/balance/target_set.hpp>
#include <weir/balance/upstream.hpp>

#include <weir/flow/batch_queue.hpp>
#include <weir/flow/batcher.hpp>
#include <weir/flow/data_loader.hpp>
#include <weir/flow/error.hpp>
#include <weir/flow/supervision.hpp>
#include <weir/flow/supervisor.hpp>

#if __has_include(<weir/http/error.hpp>)
#include <weir/http/byte_ranges.hpp>
#include <weir/http/compression.hpp>
#include <weir/http/content_coding.hpp>
#include <weir/http/content_decoder.hpp>
#include <weir/http/content_encoder.hpp>
#include <weir/http/entity_tag.hpp>
#include <weir/http/error.hpp>
#include <weir/http/headers.hpp>
#include <weir/http/http_date.hpp>
#include <weir/http/middleware.hpp>
#include <weir/http/mime_type.hpp>
#include <weir/http/precondition.hpp>
#include <weir/http/request.hpp>
#include <weir/http/request_parser.hpp>
#include <weir/http/request_path.hpp>
#include <weir/http/request_reader.hpp>
#include <weir/http/response.hpp>
#include <weir/http/response_parser.hpp>
#include <weir/http/route_tree.hpp>
#include <weir/http/router.hpp>
#include <weir/http/static_files.hpp>
#include <weir/http/status.hpp>
#endif

#if __has_include(<weir/tls/handshake.hpp>)
#include <weir/tls/certificate.hpp>
#include <weir/tls/context.hpp>
#include <weir/tls/error.hpp>
#include <weir/tls/handshake.hpp>
#include <weir/tls/options.hpp>
#endif
#if __has_include(<weir/ws/accept.hpp>)
#include <weir/ws/accept.hpp>
#include <weir/ws/close_code.hpp>
#include <weir/ws/coder_pool.hpp>
#include <weir/ws/connect.hpp>
#include <weir/ws/connection.hpp>
#include <weir/ws/connection_error.hpp>
#include <weir/ws/connection_options.hpp>
#include <weir/ws/deflate_agreement.hpp>
#include <weir/ws/deflate_extension.hpp>
#include <weir/ws/deflate_options.hpp>
#include <weir/ws/deflate_parameters.hpp>
#include <weir/ws/error.hpp>
#include <weir/ws/frame.hpp>
#include <weir/ws/handshake.hpp>
#include <weir/ws/limits.hpp>
#include <weir/ws/mask.hpp>
#include <weir/ws/mask_key_source.hpp>
#include <weir/ws/message.hpp>
#include <weir/ws/message_buffer.hpp>
#include <weir/ws/opcode.hpp>
#include <weir/ws/session.hpp>
#include <weir/ws/utf8.hpp>
#endif

#if __has_include(<weir/pubsub/member.hpp>)
#include <weir/pubsub/member.hpp>
#include <weir/pubsub/rooms.hpp>
#include <weir/pubsub/rooms_options.hpp>
#endif
