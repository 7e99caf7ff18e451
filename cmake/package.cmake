# What `cmake --install` copies, and the .deb that `cpack` makes of it in the build folder.
include(GNUInstallDirs)

# The manual and the completions are what the program itself prints.
set(share ${PROJECT_BINARY_DIR}/share)
install(CODE "
    file(MAKE_DIRECTORY \"${share}\")
    foreach(made \"man|stratsim.1\" \"completion bash|stratsim\" \"completion zsh|_stratsim\"
            \"completion fish|stratsim.fish\")
        string(REPLACE \"|\" \";\" made \"\${made}\")
        list(GET made 0 words)
        list(GET made 1 file)
        string(REPLACE \" \" \";\" words \"\${words}\")
        execute_process(COMMAND \"$<TARGET_FILE:stratsim>\" \${words}
            OUTPUT_FILE \"${share}/\${file}\" RESULT_VARIABLE code)
        if(code)
            message(FATAL_ERROR \"stratsim \${words} ended with \${code}\")
        endif()
    endforeach()")
install(TARGETS stratsim RUNTIME)
install(FILES ${share}/stratsim.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${share}/stratsim
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${share}/_stratsim DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${share}/stratsim.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(DIRECTORY scenarios/library DESTINATION ${CMAKE_INSTALL_DATADIR}/stratsim/scenarios)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME stratsim)
set(CPACK_PACKAGE_VENDOR stratsim)
set(CPACK_PACKAGE_CONTACT "stratsim <stratsim@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY
    "tells what a Kubernetes rollout will do to users, before it runs")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
if(NOT STRATSIM_STATIC)
    set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
endif()
include(CPack)
