FROM debian:bookworm-slim AS build
WORKDIR /src
COPY scripts/lib.sh scripts/packages.txt scripts/
RUN bash -euc 'root=$PWD; . scripts/lib.sh; install_packages build'
COPY . .
RUN cmake --preset release -DMESHDNS_TESTS=OFF \
 && cmake --build --preset release \
 && DESTDIR=/image cmake --install build/release --prefix /usr --strip
# The packages that the program's shared libraries come from.
RUN ldd /image/usr/sbin/meshdns | awk '$2 == "=>" { print $3 }' | xargs realpath | sed 's|.*/|*/|' \
 | xargs dpkg --search | cut -d : -f 1 | sort -u > /runtime-packages

FROM debian:bookworm-slim
RUN --mount=type=bind,from=build,source=/runtime-packages,target=/runtime-packages \
    apt-get update -q \
 && xargs apt-get install -q -y --no-install-recommends ca-certificates < /runtime-packages \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /image /
USER 65532:65532
# Not 53: that needs a privilege in many container engines. A Service maps its port 53 to this one.
EXPOSE 5353/udp 5353/tcp 9153/tcp
ENTRYPOINT ["meshdns"]
CMD ["--listen", "0.0.0.0:5353", "--listen", "[::]:5353"]
