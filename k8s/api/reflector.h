#pragma once

// Mirrors one resource of one cluster: lists it, watches it, and starts again wherever that breaks, for ever. The
// states and what leads from one to the other:
//
//   discover ──▶ stream list ───────────────▶ watch      200: served versions → list → initial-events-end, or the last
//   page → watch
//      ▲           │ 400, 422: not supported   │ ▲
//      │           ▼                           │ └─ ended, broken, refused, 429, 5xx: watch again from the last
//      resourceVersion │         paged list ───────────────────┤ │           │                           └─── 410 (a
//      status or an ERROR event): list again from resourceVersion "" └───────────┴──── 404: the next served version,
//      else discover again: the CRD may come later
//
// In between stands a wait: exponential backoff, or the server's Retry-After where that is longer.
//
// Threads: the control thread alone, that of the client's loop. Data is never blanked: see ObjectHandler.
// Source: kubernetes/client-go tools/cache/reflector.go; https://kubernetes.io/docs/reference/using-api/api-concepts/

#include <memory>
#include <string>
#include <vector>

#include "k8s/api/backoff.h"
#include "k8s/api/object_handler.h"
#include "zone/sources.h"

namespace meshdns {

class ApiClient;

/// What to mirror.
struct Resource {
  std::string group;                  // "networking.istio.io"
  std::string plural;                 // "serviceentries"
  std::vector<std::string> versions;  // those that the handler understands, preferred first: "v1", "v1beta1"
  std::string name_space;             // empty: all namespaces
};

class Reflector {
 public:
  /// `client`, `source` and `handler` must outlive the reflector. It writes the source's heard(), relists and errors;
  /// synced and entries are the handler's to say.
  Reflector(ApiClient& client, Resource resource, Source& source, ObjectHandler& handler, Backoff backoff = Backoff());

  /// Ends silently. Not from within a call of the handler.
  ~Reflector();
  Reflector(const Reflector&) = delete;
  Reflector& operator=(const Reflector&) = delete;

  /// Begins; returns at once. An API server that cannot be reached is waited for.
  void start();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace meshdns
