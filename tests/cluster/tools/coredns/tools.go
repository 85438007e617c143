//go:build tools

// Package tools pins the CoreDNS that the cluster suite puts in front of meshdns. It has a module of its own: CoreDNS and
// Kubernetes each want their own version of client-go.
package tools

import _ "github.com/coredns/coredns"
