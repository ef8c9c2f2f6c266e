# The two commands of this repository are `make run` and `make test`; the others are for contributors.

PORT ?= 8080

.PHONY: run test test-clients test-proxies test-cluster count bench bench-peers bench-cluster fuzz help

help:
	@echo "make run [PORT=8080]   everything on this machine: nginx, Vestibule, a sample application"
	@echo "make test              formatting, lints, dependency policy, every test; installs what it needs"
	@echo "make test-clients      OpenID clients that others wrote, against the provider; needs the network"
	@echo "make test-proxies      real proxies, each with what proxy-config prints; needs the network"
	@echo "make test-cluster      several nodes on real PostgreSQLs, under load, and everything that can go wrong; BEFORE= an older version beside"
	@echo "make count             the instructions of a resolve, by outcome"
	@echo "make bench [CHAPTERS=] what a resolve costs, as ratios against nginx; --help lists the chapters"
	@echo "make bench-peers       the same beside oauth2-proxy, which it builds with Go"
	@echo "make bench-cluster     three nodes on one PostgreSQL: revocations, resolves, statements, the feed"
	@echo "make fuzz [SECONDS=60] the fuzz targets, so long each (needs cargo-fuzz and a nightly toolchain)"

run:
	@PORT='$(PORT)' exec scripts/run

test:
	@exec scripts/test

test-clients:
	@exec scripts/test-clients

test-proxies:
	@exec scripts/test-proxies

test-cluster:
	@BEFORE='$(BEFORE)' exec scripts/test-cluster

count:
	@exec scripts/count

bench:
	@exec scripts/bench $(CHAPTERS)

bench-peers:
	@exec scripts/bench-peers

bench-cluster:
	@exec scripts/bench-cluster

fuzz:
	@SECONDS_EACH='$(or $(SECONDS),60)' exec scripts/fuzz
