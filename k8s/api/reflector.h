#pragma once

// Mirrors one resource of one cluster: lists it, watches it, and starts again wherever that breaks, for ever:
//
//   discover ──▶ stream list ─────▶ watch ──▶ watch again from the last resourceVersion: ended, refused
//      ▲ ▲           │ 400, 422,    ▲   │
//      │ │           │ 5xx, broken  │   ├───▶ probe, then watch again: the connection broke, or could not be made; 5xx
//      │ │           ▼              │   │
//      │ │       paged list ────────┘   └───▶ list from resourceVersion "": 410, as a status or as an ERROR event; silence
//      │ └── 404: the next served version, else discover again, as the CRD may come later
//
// The probe asks whether the server that is back is behind the one that went away: etcd may have been restored from an older copy, and a
// watch from the version that we have would be accepted, and silent. Where such a watch is silent all the same, a list follows. Before a
// retry stands a wait: the backoff, or what the server's Retry-After says. A stream list
// (WatchList) turns into the watch in place; a paged list is followed by one. A list that breaks off starts anew.
//
// Threads: the control thread alone, that of the client's loop. Data is never blanked: see ObjectHandler.
// Source: kubernetes/client-go tools/cache/reflector.go; https://kubernetes.io/docs/reference/using-api/api-concepts/

#include <memory>

#include "k8s/api/backoff.h"
#include "k8s/api/object_handler.h"
#include "k8s/api/resource.h"
#include "zone/sources.h"

namespace meshdns {

class ApiClient;

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

  /// Begins a list where it watches, or waits to watch; else one comes anyway. Not from within a call of the handler.
  void list_again();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace meshdns
