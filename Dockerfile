FROM debian:bookworm-slim AS build
WORKDIR /src
COPY scripts/lib.sh scripts/packages.txt scripts/
RUN bash -euc 'root=$PWD; . scripts/lib.sh; install_packages build'
COPY . .
RUN cmake --preset release -DMESHDNS_TESTS=OFF \
 && cmake --build --preset release \
 && DESTDIR=/image cmake --install build/release --prefix /usr --strip
# What the programs take from Debian: their shared libraries, whom to trust, and how to find hosts. What is known of the packages goes
# to where scanners for vulnerabilities look.
RUN ldd /image/usr/bin/* /image/usr/sbin/* | grep -o '/lib[^ ]*' | sort -u > /libraries \
 && xargs cp --dereference --parents --target-directory=/image < /libraries \
 && cp --dereference --parents --target-directory=/image /etc/ssl/certs/ca-certificates.crt /etc/nsswitch.conf \
 && mkdir -p /image/var/lib/dpkg/status.d \
 && for package in ca-certificates $(xargs realpath < /libraries | sed 's|.*/|*/|' | xargs dpkg --search | cut -d : -f 1 | sort -u); do \
      dpkg-query --status "$package" > /image/var/lib/dpkg/status.d/$package || exit; \
    done \
 && mkdir --mode=1777 /image/tmp \
 && install --directory --owner=65532 --group=65532 /image/var/lib/meshdns

FROM scratch
COPY --from=build /image /
ENV PATH=/usr/sbin:/usr/bin
USER 65532:65532
# Not 53: that needs a privilege in many container engines. A Service maps its port 53 to this one.
EXPOSE 5353/udp 5353/tcp 9153/tcp
ENTRYPOINT ["/usr/sbin/meshdns"]
CMD ["--listen", "0.0.0.0:5353", "--listen", "[::]:5353"]
