#pragma once

// One request as libcurl sees it: an easy handle with all its options, and what they point to. HttpClient's alone.

#include <curl/curl.h>

#include <array>
#include <memory>
#include <string>

#include "k8s/api/http_client.h"

namespace meshdns {

struct CleanEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

/// Stays where it is: libcurl holds pointers to it. Calls its receiver's on_headers() and on_body() from within libcurl.
struct Transfer {
  HttpClient::Id id = 0;
  HttpReceiver* receiver = nullptr;  // null once cancelled: what then arrives ends the transfer
  std::unique_ptr<CURL, CleanEasy> easy{curl_easy_init()};
  HeaderList headers;
  HeaderList connect_to;
  std::string body;  // what is sent
  std::array<char, CURL_ERROR_SIZE> error{};
  bool added = false;    // to the multi handle
  bool rotated = false;  // the TLS settings are others by now
  bool headers_done = false;
  bool heard = false;  // on_body() was called, on_pause() is owed
};

std::unique_ptr<Transfer> make_transfer(HttpRequest request, const TlsSettings& tls, const std::string& proxy);

/// Why it failed; the text is the same each time, as far as libcurl's is.
HttpError describe(const Transfer& transfer, CURLcode code);

}  // namespace meshdns
